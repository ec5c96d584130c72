/** Where real releases of Riak are looked for. */
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {homedir, tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import {whatIsLacking} from '../riak/lacking.ts'
import {askedVersion, releaseFile} from '../riak/release.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringup-releases-'))
  vi.stubEnv('RINGUP_RIAK_RELEASE', '')
  vi.stubEnv('RINGUP_RIAK_VERSION', '')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, {recursive: true, force: true})
})
const has = (...versions: string[]): void => {
  for (const version of versions) writeFileSync(join(folder, `riak-${version}.tar.xz`), '')
}

describe('a release of Riak', () => {
  it('is looked for in the cache of this user', () => {
    expect(releaseFile('3.4.0')).toBe(join(homedir(), '.cache/ringup/releases/riak-3.4.0.tar.xz'))
  })

  it('is one of a folder: 3.2.3, or the newest where it is not there, or what is asked for', () => {
    vi.stubEnv('RINGUP_RIAK_RELEASE', folder)
    expect(askedVersion()).toBe('3.2.3')
    has('3.0.16', '3.0.9')
    writeFileSync(join(folder, 'riak-9.tar.xz.partial'), '')
    expect(askedVersion()).toBe('3.0.16')
    has('3.2.3', '3.4.0')
    expect(askedVersion()).toBe('3.2.3')
    expect(releaseFile(askedVersion())).toBe(join(folder, 'riak-3.2.3.tar.xz'))
    vi.stubEnv('RINGUP_RIAK_VERSION', '3.4.0')
    expect(releaseFile(askedVersion())).toBe(join(folder, 'riak-3.4.0.tar.xz'))
  })

  it('is a file that is named, and others lie beside it', () => {
    has('3.4.0', '3.2.3')
    const file = join(folder, 'riak-3.4.0.tar.xz')
    vi.stubEnv('RINGUP_RIAK_RELEASE', file)
    expect(askedVersion()).toBe('3.4.0')
    expect(releaseFile('3.4.0')).toBe(file)
    expect(releaseFile('3.2.3')).toBe(join(folder, 'riak-3.2.3.tar.xz'))
  })

  it.runIf(process.getuid?.() === 0 && process.platform === 'linux' && process.arch === 'x64')(
    'that is not there is said with its place',
    () => {
      mkdirSync(join(folder, 'none'))
      vi.stubEnv('RINGUP_RIAK_RELEASE', join(folder, 'none'))
      expect(whatIsLacking()).toBe(
        `no Riak release at ${join(folder, 'none/riak-3.2.3.tar.xz')} (RINGUP_RIAK_RELEASE names one, or a folder)`,
      )
    },
  )

  it('is looked for nowhere else', () => {
    for (const file of [
      '.ci/run',
      'test/proof/parts.ts',
      'test/riak/README.md',
      'test/support/claim-oracle.ts',
    ])
      expect(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'), file).not.toMatch(
        /shared\/(?:riak-node|claim-oracle)/,
      )
  })
})
