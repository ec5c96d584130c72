import {createHmac} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import {
  byName,
  fingerprint,
  judgeHostKey,
  keyTypeOf,
  knownKeyTypes,
  parseKnownHosts,
} from '../../../src/ssh/known-hosts.ts'

const wire = (type: string, seed: string): Buffer => {
  const name = Buffer.from(type)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(name.length)
  return Buffer.concat([length, name, Buffer.from(seed.padEnd(32, '.'))])
}
const [ours, theirs] = [wire('ssh-ed25519', 'ours'), wire('ssh-ed25519', 'theirs')]
const entry = (names: string, key = ours): string => `${names} ssh-ed25519 ${key.toString('base64')} comment`
const hashed = (name: string): string => {
  const salt = Buffer.from('0123456789abcdefghij')
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}
const judge = (text: string, name: string, key = ours) =>
  judgeHostKey(byName(parseKnownHosts(text, 'known_hosts'))(name), name, key).verdict

describe('judgeHostKey', () => {
  it.each([
    ['plain name', entry('10.0.0.1'), '10.0.0.1'],
    ['one of several names', entry('alpha,10.0.0.1'), '10.0.0.1'],
    ['name in capitals', entry('Alpha'), 'alpha'],
    ['port', entry('[10.0.0.1]:2222'), '[10.0.0.1]:2222'],
    ['wildcard', entry('10.0.0.*'), '10.0.0.17'],
    ['one character', entry('r0?'), 'r07'],
    ['hashed name', entry(hashed('10.0.0.1')), '10.0.0.1'],
    ['after a damaged line', `10.0.0.1 ssh-ed25519\n# comment\n\n${entry('10.0.0.1')}`, '10.0.0.1'],
  ])('knows a host by %s', (_, text, name) => expect(judge(text, name)).toBe('known'))

  it.each([
    ['nothing', '', '10.0.0.1'],
    ['another host', entry('10.0.0.2'), '10.0.0.1'],
    ['another port', entry('10.0.0.1'), '[10.0.0.1]:2222'],
    ['a negated name', entry('10.0.0.*,!10.0.0.1'), '10.0.0.1'],
    ['another hashed name', entry(hashed('10.0.0.2')), '10.0.0.1'],
    ['a dot is not a wildcard', entry('10.0.0.1'), '10x0x0x1'],
    ['a marker that is not known', `@trusted ${entry('10.0.0.1')}`, '10.0.0.1'],
  ])('does not know a host by %s', (_, text, name) => expect(judge(text, name)).toBe('unknown'))

  it('says that an authority alone vouches, whose certificates are not checked', () => {
    expect(judge(`@cert-authority ${entry('10.0.0.1')}`, '10.0.0.1')).toBe('authority')
  })

  it('says where another key is known', () => {
    const text = `${entry('10.0.0.9')}\n${entry('10.0.0.1')}\n`

    expect(judgeHostKey(parseKnownHosts(text, 'kh'), '10.0.0.1', theirs)).toEqual({
      verdict: 'changed',
      entry: 'kh:2',
    })
  })

  it('is satisfied by one of several known keys', () => {
    expect(judge(`${entry('10.0.0.1', theirs)}\n${entry('10.0.0.1')}`, '10.0.0.1')).toBe('known')
  })

  it('refuses a revoked key even where it is known', () => {
    expect(judge(`${entry('10.0.0.1')}\n@revoked ${entry('*')}`, '10.0.0.1')).toBe('revoked')
    expect(judge(`${entry('10.0.0.1')}\n@revoked ${entry('*', theirs)}`, '10.0.0.1')).toBe('known')
  })

  it('knows which key types to ask for', () => {
    const text = `${entry('10.0.0.1')}\n10.0.0.1 ssh-rsa ${wire('ssh-rsa', 'r').toString('base64')}\n@revoked ${entry('10.0.0.1')}`

    expect(knownKeyTypes(parseKnownHosts(text, 'kh'), '10.0.0.1')).toEqual(['ssh-ed25519', 'ssh-rsa'])
  })
})

describe('host keys', () => {
  it('are named by type and fingerprint', () => {
    expect(keyTypeOf(ours)).toBe('ssh-ed25519')
    expect(keyTypeOf(Buffer.from([0, 0, 0]))).toBe('unknown')
    expect(keyTypeOf(Buffer.from([0xff, 0xff, 0xff, 0xff, 1]))).toBe('unknown')
    expect(fingerprint(ours)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/)
  })
})
