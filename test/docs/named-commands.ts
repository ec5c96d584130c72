/** Commands as they are named in text, held against what the commands say of themselves. */
import type {CommandEntry, FlagEntry, Manifest} from '../../src/reference/manifest.ts'

/** Every call of ringup in lines of blocks, and what stands between backquotes in a text. */
export function namedCommands(lines: readonly string[], text: string): string[] {
  const inText = [...text.matchAll(/`([^`\n]+)`/g)].map(([, line]) => line!)
  return [...lines, ...inText].flatMap(line =>
    line
      .split(/&&|\|\||[|<>;]/)
      .map(part => part.trim().replace(/^(?:[A-Z_]+=\S+ )+/, ''))
      .filter(part => /^ringup [a-z]/.test(part)),
  )
}

/** What of a command line there is not; undefined: it could be typed. */
export function unknownIn(line: string, {commands}: Manifest): string | undefined {
  const [words = ''] = line.split(' -- ')
  const [, ...parts] = words.match(/"[^"]*"|'[^']*'|\S+/g) ?? []
  const {command, left} = commandOf(parts, commands)
  if (!command) {
    const [first = ''] = parts
    const isGroup = Object.keys(commands).some(id => id.startsWith(`${first}:`))
    return isGroup ? undefined : `no command ${first}`
  }
  const flags = Object.values(command.flags)
  const bad = left.find(part => part.startsWith('-') && !flags.some(flag => isFlag(part, flag)))
  return bad && `${command.id} has no ${bad}`
}

const isFlag = (word: string, {name, char, allowNo}: FlagEntry): boolean => {
  const [bare] = word.split('=')
  return bare === `--${name}` || bare === `-${char}` || (allowNo === true && bare === `--no-${name}`)
}

/** The longest command that the first words name. */
function commandOf(
  parts: readonly string[],
  commands: Manifest['commands'],
): {readonly command: CommandEntry | undefined; readonly left: readonly string[]} {
  for (const length of [2, 1]) {
    const command = commands[parts.slice(0, length).join(':')]
    if (command) return {command, left: parts.slice(length)}
  }
  return {command: undefined, left: parts}
}
