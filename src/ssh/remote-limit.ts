/**
 * A command that leaves nothing behind: it ends with the time it is given, and with its channel. sshd by itself lets a
 * command go on when the channel is closed or the connection lost.
 */
import {commandLine} from './quote.ts'

/**
 * `timeout` puts the command in a process group and ends all of it; the reader sees the end of the channel, by EOF of
 * its input, and ends `timeout`. Words: seconds, then the command.
 */
export const limitScript = [
  'exec 3<&0',
  'timeout -k 5 "$@" </dev/null 3<&- & c=$!',
  '{ read -r _ <&3; kill "$c"; } >/dev/null 2>&1 & w=$!',
  'exec 3<&-',
  'wait "$c"; r=$?',
  'kill "$w" 2>/dev/null',
  'exit "$r"',
].join('\n')

/** The line for an argv. It exits as the command does, and 124 when its time was up. */
export const limitedLine = (argv: readonly string[], seconds: number): string =>
  commandLine(['sh', '-c', limitScript, 'ringup', String(seconds), ...argv])

export const timedOut = 124
