/** Numbers of ssh_config(5), as OpenSSH reads them. */

const units: Readonly<Record<string, number>> = {'': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800}

/** ms of `30`, `30s`, `1h30m`; undefined when it is none, `none` included */
export function seconds(text: string | undefined): number | undefined {
  if (text === undefined || !/^(\d+[smhdw]?)+$/i.test(text)) return undefined
  let ms = 0
  for (const [, amount, unit] of text.toLowerCase().matchAll(/(\d+)([smhdw]?)/g))
    ms += Number(amount) * units[unit!]! * 1000
  return ms
}

/** What is no port, no time or no count in it, in words. */
export function wrongNumber(first: (key: string) => string | undefined, port: number): string | undefined {
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    return `its port is ${first('port') ?? port}, and ports are 1 to 65535`
  for (const key of ['ConnectTimeout', 'ServerAliveInterval']) {
    const text = first(key.toLowerCase())
    if (text !== undefined && !/^none$/i.test(text) && seconds(text) === undefined)
      return `its ssh_config has ${key} ${text}, which is no time`
  }
  const count = first('serveralivecountmax')
  return count !== undefined && !/^\d+$/.test(count)
    ? `its ssh_config has ServerAliveCountMax ${count}, which is no count`
    : undefined
}
