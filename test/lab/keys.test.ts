import ssh2 from 'ssh2'
import {expect, it} from 'vitest'
import {newKeyPair} from '../../src/lab/server/keys.ts'

it('makes keys that can be read again, also those that begin with a zero', () => {
  let zeros = 0
  for (let round = 0; zeros < 3 && round < 20_000; round += 1) {
    const {privateKey, publicKey} = newKeyPair('a host')
    const blob = Buffer.from(publicKey.split(' ')[1]!, 'base64')
    const isZero = blob[19] === 0
    if (!isZero && round > 50) continue
    if (isZero) zeros += 1
    const key = ssh2.utils.parseKey(privateKey)
    if (key instanceof Error || Array.isArray(key)) throw new Error(`not one key: ${privateKey}`)
    expect(key.getPublicSSH()).toEqual(blob)
    expect(key.comment).toBe('a host')
    const signature = key.sign('text')
    expect(key.verify('text', signature as Buffer)).toBe(true)
  }
  expect(zeros).toBe(3)
})
