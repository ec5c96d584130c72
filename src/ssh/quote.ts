/** The one place where words become a line for a remote shell. */

/** A word as a POSIX shell (and fish) reads it back unchanged. */
const quoteWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

/** The command line for an argv. Throws a `RangeError` for what no argv can hold. */
export function quoteArgv(argv: readonly string[]): string {
  if (argv.length === 0 || argv[0] === '') throw new RangeError('an argv needs a program')
  if (argv.some(word => word.includes('\0'))) throw new RangeError('an argv cannot hold a NUL byte')
  return argv.map(quoteWord).join(' ')
}
