/** The one place where words become a line for a remote shell. */

/**
 * A word as a POSIX shell and fish read it back unchanged. Quotes and backslashes stand outside of the quotes, each
 * behind a backslash: inside of them fish takes a backslash for an escape, and a POSIX shell does not.
 */
const quoteWord = (word: string): string =>
  /^[\w@+:,./-][\w@+=:,./-]*$/.test(word) ? word : `'${word.replace(/['\\]/g, `'\\$&'`)}'`

/** The command line for an argv. Throws a `RangeError` for what no argv can hold. */
export function quoteArgv(argv: readonly string[]): string {
  // the login shell would take a line that begins with - for options of its own
  if (!argv[0] || argv[0].startsWith('-')) throw new RangeError('an argv needs a program')
  if (argv.some(word => word.includes('\0'))) throw new RangeError('an argv cannot hold a NUL byte')
  return argv.map(quoteWord).join(' ')
}
