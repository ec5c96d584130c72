/** A TCP way to a server that can be stopped, ended or torn at a chosen byte. */
import {connect, createServer, type Server, type Socket} from 'node:net'

export type StallingProxy = {
  readonly port: number
  /** bytes from the server that are passed on; more are kept back for good */
  passOnly: (bytes: number) => void
  /** nothing goes either way until it is `on` again */
  readonly off: () => void
  readonly on: () => void
  readonly reset: () => void
  readonly end: () => void
  readonly close: () => Promise<void>
}

export async function stallingProxy(to: {
  readonly address: string
  readonly port: number
}): Promise<StallingProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let left = Number.POSITIVE_INFINITY
  const server: Server = createServer(client => {
    const upstream = connect(to.port, to.address)
    const pair = [client, upstream] as const
    pairs.add(pair)
    client.on('data', chunk => upstream.write(chunk))
    upstream.on('data', chunk => {
      const passed = chunk.subarray(0, Math.max(0, Math.min(chunk.length, left)))
      left -= chunk.length
      if (passed.length > 0) client.write(passed)
    })
    for (const socket of pair) {
      socket.on('error', () => {})
      socket.on('close', () => {
        for (const other of pair) other.destroy()
        pairs.delete(pair)
      })
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const each = (act: (client: Socket, upstream: Socket) => void) => (): void => {
    for (const [client, upstream] of [...pairs]) act(client, upstream)
  }
  const all = (act: (socket: Socket) => void) =>
    each((client, upstream) => {
      act(client)
      act(upstream)
    })
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    passOnly: bytes => {
      left = bytes
    },
    off: all(socket => socket.pause()),
    on: all(socket => socket.resume()),
    reset: each(client => client.resetAndDestroy()),
    end: each(client => client.end()),
    close: () =>
      new Promise(resolve => {
        all(socket => socket.destroy())()
        server.close(() => resolve())
      }),
  }
}
