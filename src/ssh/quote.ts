/** The one place where words become a line for a remote shell. */

/**
 * A word as a POSIX shell and fish read it back unchanged, and csh, unless it has a line break. Quotes,
 * backslashes and exclamation marks stand outside of the quotes, each behind a backslash: inside of them fish takes a
 * backslash for an escape, and a POSIX shell does not; csh takes an exclamation mark for a line of its history.
 */
const quoteWord = (word: string): string =>
  /^[\w@+:,./-][\w@+=:,./-]*$/.test(word) ? word : `'${word.replace(/['\\!]/g, `'\\$&'`)}'`

/** An argv for sh. Throws a `RangeError` for what no argv can hold. */
export function quoteArgv(argv: readonly string[]): string {
  // the login shell would take a line that begins with - for options of its own
  if (!argv[0] || argv[0].startsWith('-')) throw new RangeError('an argv needs a program')
  if (argv.some(word => word.includes('\0'))) throw new RangeError('an argv cannot hold a NUL byte')
  return argv.map(quoteWord).join(' ')
}

/**
 * The line for an argv, whatever the login shell is. csh ends a word at a line break, quoted or not, and carries out what
 * is between two such lines; of a long word it says that it is too long. What has either goes in short words without.
 */
export function commandLine(argv: readonly string[]): string {
  const line = quoteArgv(argv)
  return line.includes('\n') || argv.some(word => Buffer.byteLength(quoteWord(word)) > mostOfWord)
    ? `${unpacked}${packed(line).join(' ')}`
    : line
}

/** The line for sh that goes in a line from `commandLine`; on a practice host nobody else takes it apart. */
export function lineWithin(line: string): string {
  if (!line.startsWith(unpacked)) return line
  const words = line.slice(unpacked.length).split("' '").join('').slice(1, -1)
  return words.replace(/\\0([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}

const unpacked = `sh -c 'eval "$(printf %b "$@")"' sh `

/** bytes: the csh of BSD takes no word of 1024 */
const mostOfWord = 900

/** As `printf %b` reads it, in words that no shell changes. */
const packed = (line: string): string[] =>
  line
    .replace(/['\\!\n]/g, sign => `\\0${sign.charCodeAt(0).toString(8).padStart(3, '0')}`)
    // of signs that have up to five bytes each
    .match(/(?:\\0[0-7]{3}|[^\\]){1,180}/gu)!
    .map(word => `'${word}'`)
