import type { Picture, ReportArtifact, ReportReaders } from './input.ts';

const LARGEST_PNG_IN_BYTES = 2_500_000;
const ALL_PNG_IN_BYTES = 8_000_000;
const PNG_SIGNATURE = '89504e470d0a1a0a';

/** The pictures, each with its bytes while they fit: a report stays one file that can be sent. */
export async function gatherPictures(artifacts: readonly ReportArtifact[], readers: ReportReaders): Promise<Picture[]> {
  const pictures: Picture[] = [];
  let sizeInBytes = 0;
  for (const artifact of artifacts) {
    if (artifact.kind !== 'png') continue;
    const bytes = await readers.artifact(artifact.path);
    if (!bytes || Buffer.from(bytes.subarray(0, 8)).toString('hex') !== PNG_SIGNATURE) continue;
    const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const fits = bytes.length <= LARGEST_PNG_IN_BYTES && sizeInBytes + bytes.length <= ALL_PNG_IN_BYTES;
    if (fits) sizeInBytes += bytes.length;
    pictures.push({
      ...artifact,
      png: fits ? bytes : null,
      width: header.getUint32(16),
      height: header.getUint32(20),
      page: artifacts.find((other) => other.kind === 'html' && isTwin(artifact, other))?.path ?? null,
    });
  }
  return pictures;
}

function isTwin(picture: ReportArtifact, page: ReportArtifact): boolean {
  return page.path.replace(/\.html$/, '') === picture.path.replace(/\.png$/, '');
}
