/** The host key that a server shows, for a person to judge: nothing is sent but what leads to the key. */
import type {Duplex} from 'node:stream'
import ssh2 from 'ssh2'
import {later} from '../timer.ts'
import {algorithmsFor} from './connect-ssh2.ts'
import {type Patience, patience} from './deadline.ts'
import {classify, hostFailure} from './failure.ts'
import {knownFor} from './host-key.ts'
import type {Target} from './target.ts'

/** Of the type that is known, if one is; else the best that it has. Throws a `HostFailure`. */
export async function scanKey(
  target: Target,
  open: ((time: Patience) => Promise<Duplex>) | undefined,
): Promise<Buffer> {
  const entries = knownFor(target)
  const time = patience(target.connectTimeout)
  const through = await open?.(time)
  const client = new ssh2.Client()
  return new Promise<Buffer>((resolve, reject) => {
    const timer = later(time.left(), () =>
      reject(hostFailure(target, 'connect-timeout', `it showed no key within ${target.connectTimeout} ms`)),
    )
    client.on('error', error => {
      timer.clear()
      reject(classify(target, error))
    })
    client.once('close', () => {
      timer.clear()
      reject(hostFailure(target, 'protocol', 'the server closed the connection before it showed a key'))
    })
    client.connect({
      host: target.address,
      port: target.port,
      username: target.user,
      ...(through ? {sock: through} : {}),
      readyTimeout: 0,
      algorithms: algorithmsFor(target, entries),
      hostVerifier: (key: Buffer) => {
        timer.clear()
        resolve(key)
        return false
      },
    })
    client.setNoDelay(true)
  }).finally(() => client.destroy())
}
