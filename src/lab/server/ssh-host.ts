/**
 * One host of the practice ring on the network: an SSH server with an address and a host key of its own. It lets in
 * each login with one key, and runs command lines; it can be cut off, frozen and given another key.
 */
import {timingSafeEqual} from 'node:crypto'
import {connect, createServer, type Server as NetServer, type Socket} from 'node:net'
import ssh2, {type AuthContext, type Connection, type ParsedKey, type Server, type ServerChannel} from 'ssh2'
import {lineWithin} from '../../ssh/quote.ts'

export type HostOptions = {
  readonly address: string
  readonly port: number
  readonly hostKey: string
  /** who may log in, with which public key */
  readonly logins: ReadonlyMap<string, string>
  /** runs a command line on a channel that somebody has opened */
  readonly run: (command: IncomingCommand) => void
  /** whether connections may be forwarded there: other hosts of the same practice ring */
  readonly mayForward: (address: string, port: number) => boolean
}

export type IncomingCommand = {
  readonly line: string
  readonly user: string
  /** no other connection of this process has that number */
  readonly connection: number
  readonly write: (text: string) => void
  readonly writeError: (text: string) => void
  readonly exit: (status: number) => void
  /** cuts the connection, with no exit status */
  readonly cut: () => void
  /** aborted when the channel is gone */
  readonly signal: AbortSignal
}

export type SshHost = {
  readonly listen: () => Promise<void>
  readonly close: () => Promise<void>
  /** refuses new connections and cuts the ones there are */
  readonly refuse: () => Promise<void>
  /** neither answers nor hangs up */
  readonly freeze: () => void
  readonly thaw: () => void
  readonly isFrozen: () => boolean
  readonly cutAll: () => void
  readonly setHostKey: (privateKey: string) => void
}

export function sshHost(options: HostOptions): SshHost {
  const {address, port} = options
  const sockets = new Set<Socket>()
  let frozen = false
  let server = sshServer(options, options.hostKey)
  let listener: NetServer | undefined

  const accept = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    socket.setNoDelay(true)
    if (frozen) socket.pause()
    else server.injectSocket(socket)
  }
  const cutAll = (): void => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  const stopListening = (): Promise<void> =>
    new Promise(resolve => {
      const closing = listener
      listener = undefined
      if (closing) closing.close(() => resolve())
      else resolve()
      cutAll()
    })

  return {
    listen: () =>
      new Promise((resolve, reject) => {
        if (listener) {
          resolve()
          return
        }
        const starting = createServer(accept)
        listener = starting
        starting.once('error', reject)
        starting.listen(port, address, () => {
          starting.off('error', reject)
          resolve()
        })
      }),
    close: stopListening,
    refuse: stopListening,
    freeze: () => {
      frozen = true
      for (const socket of sockets) socket.pause()
    },
    thaw: () => {
      frozen = false
      for (const socket of sockets) socket.resume()
    },
    isFrozen: () => frozen,
    cutAll,
    setHostKey: privateKey => {
      server = sshServer(options, privateKey)
    },
  }
}

let connections = 0

function sshServer(options: HostOptions, hostKey: string): Server {
  const allowed = new Map([...options.logins].map(([user, key]) => [user, parsedKey(key)]))
  const server = new ssh2.Server({hostKeys: [hostKey], ident: 'OpenSSH_9.2p1 practice'})
  server.on('connection', (connection: Connection) => {
    connection.on('error', () => {})
    let user = ''
    connection.on('authentication', (context: AuthContext) => {
      user = context.username
      if (isAllowed(context, allowed.get(user))) context.accept()
      else context.reject(['publickey'])
    })
    connection.on('ready', () => {
      connections += 1
      serve(connection, options, {user, connection: connections})
    })
  })
  return server
}

function parsedKey(publicKey: string): ParsedKey {
  const parsed = ssh2.utils.parseKey(publicKey)
  const key = Array.isArray(parsed) ? parsed[0] : parsed
  if (key === undefined || key instanceof Error) throw new TypeError('not a public key')
  return key
}

function isAllowed(context: AuthContext, allowed: ParsedKey | undefined): boolean {
  if (context.method !== 'publickey' || !allowed) return false
  const known = allowed.getPublicSSH()
  const {data} = context.key
  if (data.length !== known.length || !timingSafeEqual(data, known)) return false
  // without a signature the client only asks whether the key would do
  if (!context.signature || !context.blob) return true
  return allowed.verify(context.blob, context.signature, context.hashAlgo) === true
}

type Who = Pick<IncomingCommand, 'user' | 'connection'>

function serve(connection: Connection, {run, mayForward}: HostOptions, who: Who): void {
  connection.on('session', acceptSession => {
    const session = acceptSession()
    session.on('env', acceptEnvironment => acceptEnvironment?.())
    session.on('pty', acceptTerminal => acceptTerminal?.())
    session.on('exec', (acceptChannel, _reject, {command}) => {
      // the login's shell and sh have nothing to do but to unpack it
      run(incoming(acceptChannel(), connection, lineWithin(command), who))
    })
    session.on('shell', acceptChannel => {
      const channel = acceptChannel()
      channel.write('This is a practice host: it runs commands, it has no shell to sit in.\r\n')
      channel.exit(1)
      channel.end()
    })
  })
  connection.on('tcpip', (acceptForward, rejectForward, {destIP, destPort}) => {
    if (!mayForward(destIP, destPort)) {
      rejectForward()
      return
    }
    const socket = connect(destPort, destIP)
    socket.once('error', () => rejectForward())
    socket.once('connect', () => {
      const channel = acceptForward()
      socket.on('error', () => channel.close())
      channel.on('close', () => socket.destroy())
      channel.pipe(socket).pipe(channel)
    })
  })
}

function incoming(channel: ServerChannel, connection: Connection, line: string, who: Who): IncomingCommand {
  const gone = new AbortController()
  channel.on('close', () => gone.abort())
  channel.on('error', () => {})
  channel.on('signal', () => gone.abort())
  return {
    line,
    ...who,
    write: text => void channel.write(text),
    writeError: text => void channel.stderr.write(text),
    exit: status => {
      channel.exit(status)
      channel.end()
    },
    cut: () => connection.end(),
    signal: gone.signal,
  }
}
