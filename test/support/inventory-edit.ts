/** An inventory as it would be with other settings of `riak:` for one host. */
import {parseDocument} from 'yaml'

export function withRiak(text: string, host: string, settings: Readonly<Record<string, string>>): string {
  const document = parseDocument(text)
  const at = document.toJS().hosts.findIndex(({name}: {name: string}) => name === host)
  for (const [key, value] of Object.entries(settings)) document.setIn(['hosts', at, 'riak', key], value)
  return document.toString()
}
