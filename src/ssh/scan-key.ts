/** The host key that a server shows, for a person to judge: nothing is sent but what leads to the key. */
import type {Duplex} from 'node:stream'
import ssh2 from 'ssh2'
import {hostKeyOrder} from './connect-ssh2.ts'
import {classify, hostFailure} from './failure.ts'
import {knownFor} from './host-key.ts'
import {knownHostsName, type Target} from './target.ts'

/** Of the type that is known, if one is; else the best that it has. Throws a `HostFailure`. */
export function scanKey(target: Target, through: Duplex | undefined): Promise<Buffer> {
  const client = new ssh2.Client()
  return new Promise<Buffer>((resolve, reject) => {
    const timer = setTimeout(
      () =>
        reject(hostFailure(target, 'connect-timeout', `it showed no key within ${target.connectTimeout} ms`)),
      target.connectTimeout,
    )
    client.on('error', error => {
      clearTimeout(timer)
      reject(classify(target, error))
    })
    client.once('close', () => {
      clearTimeout(timer)
      reject(hostFailure(target, 'protocol', 'the server closed the connection before it showed a key'))
    })
    client.connect({
      host: target.address,
      port: target.port,
      username: target.user,
      ...(through ? {sock: through} : {}),
      readyTimeout: 0,
      algorithms: {serverHostKey: hostKeyOrder(knownFor(target), knownHostsName(target))},
      hostVerifier: (key: Buffer) => {
        clearTimeout(timer)
        resolve(key)
        return false
      },
    })
    client.setNoDelay(true)
  }).finally(() => client.destroy())
}
