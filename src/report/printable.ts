/** Text that somebody else wrote, made safe for a terminal. */

/** Control characters but tab and newline become `\x1b` and the like; what they would have done is seen, not done. */
export const printable = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, character => {
      const code = character.charCodeAt(0)
      return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`
    })
