/** A text of a saga for a terminal, on one line: its data must not move the cursor or change colours. */
export function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]+/g, ' ')
}
