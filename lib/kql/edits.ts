/** A change of the query's text before it is analysed. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly insert: string;
}

/** A query's text after some edits, and the way back to places in the text that the caller wrote. */
export interface EditedText {
  readonly text: string;
  readonly originalOffset: (offset: number) => number;
}

export function unedited(text: string): EditedText {
  return { text, originalOffset: (offset) => offset };
}

/** Applies edits that do not overlap. */
export function applyEdits(before: EditedText, edits: readonly Edit[]): EditedText {
  const sorted = edits.toSorted((a, b) => a.start - b.start);
  let text = '';
  let at = 0;
  for (const { start, end, insert } of sorted) {
    text += before.text.slice(at, start) + insert;
    at = end;
  }
  text += before.text.slice(at);
  return {
    text,
    originalOffset(offset) {
      let shift = 0;
      for (const { start, end, insert } of sorted) {
        const from = start + shift;
        if (offset < from) break;
        if (offset < from + insert.length) return before.originalOffset(start);
        shift += insert.length - (end - start);
      }
      return before.originalOffset(offset - shift);
    },
  };
}
