import { drawingKit } from './drawing-kit.ts';
import { pictureOrNothing } from './empty-picture.ts';
import { frameSpec } from './frame-spec.ts';
import type { PictureOptions } from './options.ts';
import { htmlPage } from './page.ts';
import type { ChartPayload } from './payload.ts';
import type { Picture } from './picture.ts';
import { renderPng } from './render-png.ts';
import { THEMES } from './theme.ts';

/** A finished picture or page. */
export interface Drawn {
  readonly name: string;
  readonly kind: 'png' | 'html';
  readonly content: Buffer | string;
}

export type DrawOptions = Pick<PictureOptions, 'name' | 'scale' | 'theme' | 'formats'>;

/** The PNG of a picture. */
export async function pictureToPng(planned: Picture, options: Pick<DrawOptions, 'scale' | 'theme'>): Promise<Buffer> {
  const { measure } = await drawingKit();
  const picture = pictureOrNothing(planned);
  const { spec, widthInPx, heightInPx } = frameSpec(picture, THEMES[options.theme], 'png', measure);
  return renderPng(spec, picture.data, { scale: options.scale, widthInPx, heightInPx });
}

/** What a page needs to draw the picture itself, in both themes. */
export async function chartPayload(planned: Picture): Promise<ChartPayload> {
  const { measure } = await drawingKit();
  const picture = pictureOrNothing(planned);
  const light = frameSpec(picture, THEMES.light, 'html', measure);
  const dark = frameSpec(picture, THEMES.dark, 'html', measure);
  const { widthInPx, heightInPx, margin } = picture.plot(THEMES.light, 'html');
  const { details, categories, extent, minSpan, overview, levels, zoomLevels, toggles, help } = picture;
  const { labels, placedLabels, xIs, legendTitle } = picture;
  const legend = (picture.pageLegend ?? picture.legend ?? []).map(({ colour, ...entry }) => ({
    ...entry,
    light: colour(THEMES.light),
    dark: colour(THEMES.dark),
  }));
  return {
    specs: { light: light.spec, dark: dark.spec },
    data: picture.data,
    tips: picture.tips,
    zoom: picture.zoom,
    margin,
    plot: { width: widthInPx, height: heightInPx },
    sizing: picture.sizing ?? { kind: 'height' },
    ...(labels && { labels }),
    ...(placedLabels && { placedLabels }),
    ...(xIs && { xIs }),
    ...(legend.length > 0 && { legend }),
    ...(legendTitle && { legendTitle }),
    ...(details && { details }),
    ...(categories && { categories }),
    ...(extent && { extent }),
    ...(minSpan && { minSpan }),
    ...(overview && { overview }),
    ...(levels && { levels: levels() }),
    ...(zoomLevels && { zoomLevels: zoomLevels() }),
    ...(toggles && { toggles }),
    ...(help && { help }),
  };
}

/** The page of a picture. */
export async function pictureToHtml(picture: Picture): Promise<string> {
  const { title, notes } = picture;
  return htmlPage({ title, notes, script: 'chart', payload: await chartPayload(picture) });
}

/** A picture in the formats asked for. */
export async function drawPicture(picture: Picture, fallbackName: string, options: DrawOptions): Promise<Drawn[]> {
  const name = options.name ?? fallbackName;
  const drawn: Drawn[] = [];
  if (options.formats.includes('png')) drawn.push({ name, kind: 'png', content: await pictureToPng(picture, options) });
  if (options.formats.includes('html')) drawn.push({ name, kind: 'html', content: await pictureToHtml(picture) });
  return drawn;
}
