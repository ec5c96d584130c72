/**
 * What ssh_config(5) says of who is trusted and how one logs in. Each keyword is honoured, known to change neither, or
 * named, so that nobody believes in a rule that is not kept.
 */
import {wildcard} from './pattern.ts'

/** Algorithms in the order in which they are offered; undefined: as ringup has them. */
export type Policy = {
  readonly kex?: readonly string[] | undefined
  readonly hostKey?: readonly string[] | undefined
  readonly cipher?: readonly string[] | undefined
  readonly hmac?: readonly string[] | undefined
  /** by which we may sign to be let in */
  readonly accepted?: readonly string[] | undefined
  /** bits that RSA keys must have, hosts' and ours */
  readonly rsaBits?: number | undefined
  /** files with keys that no host may have */
  readonly revoked?: readonly string[] | undefined
}

/** Offered unless ssh_config says otherwise. No group exchange: seconds of blocked CPU. */
export const offered = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group16-sha512',
  ],
  hostKey: [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
    'chacha20-poly1305@openssh.com',
  ],
  hmac: [
    'hmac-sha2-256-etm@openssh.com',
    'hmac-sha2-512-etm@openssh.com',
    'hmac-sha1-etm@openssh.com',
    'hmac-sha2-256',
    'hmac-sha2-512',
    'hmac-sha1',
  ],
} as const

/** What ssh2 can do beside it, for whoever asks for it by name. */
const more: Readonly<Record<keyof typeof offered, readonly string[]>> = {
  kex: [
    'ecdh-sha2-nistp521',
    ...['group15-sha512', 'group17-sha512', 'group18-sha512', 'group14-sha1', 'group1-sha1'].map(
      group => `diffie-hellman-${group}`,
    ),
  ],
  hostKey: ['ssh-rsa'],
  cipher: ['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'],
  hmac: ['hmac-sha2-256-96', 'hmac-sha2-512-96', 'hmac-sha1-96', 'hmac-md5'],
}

const certificate = '-cert-v01@openssh.com'
const signing = [...offered.hostKey, ...offered.hostKey.map(type => `${type}${certificate}`)]

/** In lower case. Read by `resolve-target` and here. */
export const honoured: readonly string[] = [
  ...['hostname', 'user', 'port', 'proxyjump', 'identityfile', 'certificatefile', 'identitiesonly'],
  ...['identityagent', 'hostkeyalias', 'userknownhostsfile', 'globalknownhostsfile', 'stricthostkeychecking'],
  ...['connecttimeout', 'serveraliveinterval', 'serveralivecountmax', 'ignoreunknown', 'refuseconnection'],
  ...['revokedhostkeys', 'hostkeyalgorithms', 'kexalgorithms', 'ciphers', 'macs', 'requiredrsasize'],
  ...['pubkeyacceptedalgorithms', 'pubkeyacceptedkeytypes', 'rsaminsize'],
]

/** Only by the system's `ssh`, where they say more than they do by default. */
export const named: readonly string[] = [
  ...['proxycommand', 'pubkeyauthentication', 'preferredauthentications', 'canonicalizehostname'],
  ...['knownhostscommand', 'pkcs11provider', 'checkhostip'],
]

/** They change neither who is trusted nor who we are: what they allow beside is not done, what they ask for not needed. */
export const harmless: readonly string[] = [
  ...['addkeystoagent', 'addressfamily', 'batchmode', 'bindaddress', 'bindinterface', 'canonicaldomains'],
  ...['canonicalizefallbacklocal', 'canonicalizemaxdots', 'canonicalizepermittedcnames'],
  ...['casignaturealgorithms', 'channeltimeout', 'clearallforwardings', 'compression', 'connectionattempts'],
  ...['controlmaster', 'controlpath', 'controlpersist', 'dynamicforward', 'enableescapecommandline'],
  ...['enablesshkeysign', 'escapechar', 'exitonforwardfailure', 'fingerprinthash', 'forkafterauthentication'],
  ...['forwardagent', 'forwardx11', 'forwardx11timeout', 'forwardx11trusted', 'gatewayports'],
  ...['gssapiauthentication', 'gssapiclientidentity', 'gssapidelegatecredentials', 'gssapikexalgorithms'],
  ...['gssapikeyexchange', 'gssapirenewalforcesrekey', 'gssapiserveridentity', 'gssapitrustdns'],
  ...[
    'hashknownhosts',
    'hostbasedacceptedalgorithms',
    'hostbasedacceptedkeytypes',
    'hostbasedauthentication',
  ],
  ...['hostbasedkeytypes', 'ipqos', 'kbdinteractiveauthentication', 'kbdinteractivedevices', 'keepalive'],
  ...['localcommand', 'localforward', 'loglevel', 'logverbose', 'nohostauthenticationforlocalhost'],
  ...['numberofpasswordprompts', 'obscurekeystroketiming', 'passwordauthentication', 'permitlocalcommand'],
  ...['permitremoteopen', 'proxyusefdpass', 'rekeylimit', 'remotecommand', 'remoteforward', 'requesttty'],
  ...['securitykeyprovider', 'sendenv', 'sessiontype', 'setenv', 'stdinnull', 'streamlocalbindmask'],
  ...['streamlocalbindunlink', 'syslogfacility', 'tag', 'tcpkeepalive', 'tunnel', 'tunneldevice'],
  ...['updatehostkeys', 'usekeychain', 'verifyhostkeydns', 'versionaddendum', 'visualhostkey'],
  ...['warnweakcrypto', 'xauthlocation'],
  // of old releases; ssh passes over them too
  ...['afstokenpassing', 'challengeresponseauthentication', 'cipher', 'compressionlevel', 'fallbacktorsh'],
  ...[
    'globalknownhostsfile2',
    'kerberosauthentication',
    'kerberostgtpassing',
    'protocol',
    'rsaauthentication',
  ],
  ...['rhostsauthentication', 'rhostsrsaauthentication', 'skeyauthentication', 'tisauthentication'],
  ...['useprivilegedport', 'userknownhostsfile2', 'useroaming', 'usersh'],
]

const known = new Set([...honoured, ...named, ...harmless])

/** @param values of a host, keys in lower case; `tokens` fills in `~` and `%h` */
export function policyOf(
  values: ReadonlyMap<string, readonly string[]>,
  tokens: (text: string) => string,
): {readonly policy: Policy; readonly needs: string | undefined} {
  const needs: string[] = []
  const text = (key: string): string | undefined => values.get(key)?.join(' ')
  const list = (
    keyword: string,
    ours: readonly string[],
    others: readonly string[] = [],
    also?: string,
  ): readonly string[] | undefined => {
    const spec = text(keyword.toLowerCase()) ?? (also && text(also))
    if (spec === undefined) return undefined
    const found = listed(spec, ours, others)
    if (found.length === 0) needs.push(`${keyword} ${spec}`)
    return found
  }
  const policy = {
    kex: list('KexAlgorithms', offered.kex, more.kex),
    hostKey: list('HostKeyAlgorithms', offered.hostKey, more.hostKey),
    cipher: list('Ciphers', offered.cipher, more.cipher),
    hmac: list('MACs', offered.hmac, more.hmac),
    accepted: list('PubkeyAcceptedAlgorithms', signing, [], 'pubkeyacceptedkeytypes'),
    rsaBits: Number(text('requiredrsasize') ?? text('rsaminsize') ?? 0) || undefined,
    revoked: (values.get('revokedhostkeys') ?? []).filter(file => file.toLowerCase() !== 'none').map(tokens),
  }
  const is = (key: string, pattern: RegExp): boolean => pattern.test(text(key) ?? '')
  if (is('pubkeyauthentication', /^no$/i)) needs.push('PubkeyAuthentication no')
  if (is('canonicalizehostname', /^(yes|always)$/i)) needs.push('CanonicalizeHostname')
  if (is('checkhostip', /^yes$/i)) needs.push('CheckHostIP yes')
  if (is('preferredauthentications', /^(?!.*publickey)./i)) needs.push('PreferredAuthentications')
  if (is('knownhostscommand', /^(?!none$)./i)) needs.push('KnownHostsCommand')
  if (is('pkcs11provider', /^(?!none$)./i)) needs.push('PKCS11Provider')
  const ignored = (text('ignoreunknown') ?? '')
    .split(/[\s,]+/)
    .map(pattern => wildcard(pattern.toLowerCase()))
  for (const key of values.keys())
    if (!known.has(key) && !ignored.some(matches => matches(key)))
      needs.push(`the keyword ${key}, which ringup does not know`)
  return {policy, needs: needs[0]}
}

/** OpenSSH's lists: `+` adds, `-` takes away, `^` puts in front, else it is all; patterns have `*` and `?`. */
function listed(spec: string, ours: readonly string[], others: readonly string[]): readonly string[] {
  const [, sign, patterns = ''] = /^([+^-]?)(.*)$/.exec(spec.trim())!
  const supported = [...ours, ...others]
  const matching = patterns.split(',').flatMap(pattern => supported.filter(wildcard(pattern.trim())))
  if (sign === '-') return ours.filter(name => !matching.includes(name))
  const all = sign === '+' ? [...ours, ...matching] : sign === '^' ? [...matching, ...ours] : matching
  return [...new Set(all)]
}
