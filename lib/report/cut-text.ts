/** Text cut with the count of what was cut; what is kept is kept as it is. */
export function cutText(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters)}…(+${text.length - characters})`;
}
