/** Text that does something to whoever shows it, and how to find it where it was not made harmless. */

/** Commands to CI runners, title, clipboard, a link, colours, cursor, erasing, 8-bit CSI and OSC, bidi, other ends of a line, a lone CR, DEL. */
export const hostileText =
  'EVIL\x1b]0;title\x07\x1b]52;c;ZXZpbA==\x07\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\' +
  '\x1b[31mred\x1b[2J\x1b[1A\x1b[6n\u009b2J\u009d0;t\u009c\u0090q\u009c\u0085\u202eright\u2066iso\u200elrm\u061c\u2028line\u2029\rover\x7f\x08end' +
  '##vso[task.setvariable variable=PATH]/tmp ##[add-path]/tmp'

/** What a CI runner takes for a command only where a line begins with it. */
export const hostileLines = `EVIL\n::stop-commands::x\n  ::add-mask::x\n\u00a0::debug::x\n${hostileText}`

const harmful =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  /^\s*::|##[\w.-]*\[|[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/m

/** The first thing in it that a terminal or a reader would obey, with what is before it; undefined: nothing. */
export function obeyed(text: string): string | undefined {
  const at = text.search(harmful)
  return at < 0 ? undefined : JSON.stringify(text.slice(Math.max(0, at - 60), at + 20))
}

/** What is left of a terminal's input when line ends and ringup's own colours are taken away. */
export const withoutOwn = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
  text.replaceAll('\r\n', '\n').replace(/\x1b\[(?:1|2|22|31|32|33|36|39)m/g, '')

/** And what its screen does: cursor by position, erasing to the end, the other screen, one update. */
export const withoutScreen = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
  withoutOwn(text).replace(/\x1b\[(?:\d+;1H|0m|K|2J|\?(?:1049|25|7|2026|2004)[hl])/g, '')
