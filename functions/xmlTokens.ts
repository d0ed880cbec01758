/**
 * Whether one tag, text, comment or CDATA section of an XML document has more characters than `longest`. The parser
 * takes tens of bytes of memory for each of them, however little the document holds otherwise.
 */
export function hasLongToken(text: string, longest: number): boolean {
  for (let start = 0; start < text.length; ) {
    const end = endOfToken(text, start);
    if (end - start > longest) return true;
    start = end;
  }
  return false;
}

function endOfToken(text: string, start: number): number {
  if (text[start] !== "<") return placeOf("<", text, start);
  if (text.startsWith("<!--", start)) return placeOf("-->", text, start + 4) + 3;
  if (text.startsWith("<![CDATA[", start)) return placeOf("]]>", text, start) + 3;
  let quote = "";
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === ">") return at + 1;
  }
  return text.length;
}

/** The end of the text where the mark is not in it any more. */
function placeOf(mark: string, text: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at === -1 ? text.length : at;
}
