/**
 * Releases of Riak that the practice ring can be, by what their commands and their packages' start scripts do otherwise
 * than 3.2.3's. From their public scripts, as a table of facts.
 */
import type {BackendName} from '../model/backend.ts'

export type LabRelease = {
  readonly version: string
  /** `riak-admin` is a program of its own, and there is neither `riak admin` nor `riak eval` */
  readonly isOld: boolean
  /** an admin command ends with the call's return term; else an `error` is exit status 1 */
  readonly returnTerm: boolean
  /** names in the table of members */
  readonly quoted: boolean
  /** what starts a node in the background */
  readonly start: 'start' | 'daemon'
  /**
   * What root's call of the packages' script does with its words: hands them to `su -c`, where some signs are a shell's;
   * writes them into a script, where a bracket is a syntax error; or hands them on whole.
   */
  readonly wrapper: 'shell' | 'script' | 'whole'
  /** of a riak.conf that names none */
  readonly backend: BackendName
  readonly otp: string
  readonly erts: string
}

export const labVersions = ['2.2.6', '3.0.16', '3.2.1', '3.2.3', '3.4.0'] as const

export function labRelease(version: string): LabRelease {
  const [major = 3, minor = 2, patch = 3] = version.split('.').map(Number)
  const isOld = major < 3
  const is30 = major === 3 && minor === 0
  const is34 = major === 3 && minor === 4
  const [otp, erts] = isOld
    ? ['R16B02', '5.10.3']
    : is30
      ? ['22', '10.7.2.18']
      : is34
        ? ['26', '14.2.5']
        : ['25', '13.1.5']
  return {
    version,
    isOld,
    returnTerm: !isOld && !is30,
    quoted: isOld || (is30 && patch <= 2),
    start: isOld || is30 ? 'start' : 'daemon',
    wrapper: is30 ? 'shell' : !isOld && minor === 2 && patch < 2 ? 'script' : 'whole',
    backend: is34 ? 'leveled' : 'bitcask',
    otp: otp!,
    erts: erts!,
  }
}

export const ertsOf = (version: string): string => labRelease(version).erts

/** What root's `riak` of the packages makes of its words: the same, or why they do not arrive. */
export function throughWrapper(
  {wrapper}: LabRelease,
  words: readonly string[],
): {readonly words: readonly string[]} | {readonly error: string; readonly writes?: string} {
  if (wrapper === 'script' && words.some(word => /[()]/.test(word)))
    return {error: `/usr/sbin/riak: line 1: syntax error near unexpected token \`('\n`}
  if (wrapper === 'shell') {
    // what it does not quote: blanks part words, and these are the shell's
    const line = words.join(' ')
    const redirected = />\s*([A-Za-z0-9_.:,]+)/.exec(line)?.[1]
    if (/[-<>|;&*$?!~`#]/.test(line.replace(/(?<=\w)-(?=\w)|--(?=\w)/g, '')))
      return {
        error: "-sh: line 1: syntax error near unexpected token `;'\n",
        ...(redirected === undefined ? {} : {writes: redirected}),
      }
    return {words: line.split(/\s+/)}
  }
  return {words}
}
