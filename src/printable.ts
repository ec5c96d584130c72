/** Text that somebody else wrote, made safe for whoever reads it. The one place that knows which characters are not. */

/**
 * C0, DEL and C1, which terminals obey; marks that turn the order of letters around; what some take for the end of a
 * line; and what XML cannot hold.
 */
const unsafe =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]/g

const seen = (character: string): string => {
  const code = character.charCodeAt(0)
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`
}

/** What CI runners take for commands to themselves: `::` first in a line, `##[`, `##vso[` and the like anywhere in it. */
const firstInLine = /^([^\S\n]*):(?=:)/gm
const anywhere = /#(?=#[\w.-]*\[)/g

/** What control characters would have done is seen, not done: they become `\x1b` and the like. Tab and newline stay. */
export const printable = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .replace(unsafe, character => (character === '\n' || character === '\t' ? character : seen(character)))
    .replace(firstInLine, `$1${seen(':')}`)
    .replace(anywhere, seen)

/** The same for what must stay in its line: a cell, a row of a screen. */
export const printableLine = (text: string): string => text.replace(unsafe, seen).replace(anywhere, seen)

/** JSON with those as `\u009b`: the same value to whoever parses it, harmless to whoever looks at it. */
export const jsonText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent)
    .replace(unsafe, character =>
      // JSON.stringify leaves no newline but its own
      character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replace(anywhere, '\\u0023')
