import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import {keepCode, keptCode} from '../../../src/start/code-cache.ts'

const place = {id: 'runs:show', stamp: 'a'.repeat(64)}
const code = Buffer.from('what V8 made of it')

describe('compiled code', () => {
  let base: string
  const folder = (): string => join(base, 'ringup')
  const file = (): string => join(folder(), 'runs-show.code')
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'ringup-code-'))
    vi.stubEnv('XDG_CACHE_HOME', base)
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
    rmSync(base, {recursive: true, force: true})
  })

  it('is found again, and leaves one file', () => {
    keepCode(place, code)

    expect(keptCode(place)).toEqual(code)
    expect(readdirSync(folder())).toEqual(['runs-show.code'])
  })

  it('takes the place of what was kept for another program', () => {
    keepCode({...place, stamp: 'b'.repeat(64)}, Buffer.from('older'))
    expect(keptCode(place)).toBeUndefined()

    keepCode(place, code)

    expect(keptCode(place)).toEqual(code)
    expect(readdirSync(folder())).toEqual(['runs-show.code'])
  })

  it('is not taken when a byte of it is another one, or some are missing', () => {
    keepCode(place, code)
    const bytes = readFileSync(file())
    bytes[40]! ^= 1
    writeFileSync(file(), bytes)
    expect(keptCode(place)).toBeUndefined()

    writeFileSync(file(), bytes.subarray(0, 10))
    expect(keptCode(place)).toBeUndefined()
  })

  it.each([
    ['the file', file, 0o620],
    ['the folder', folder, 0o777],
  ])('is not taken when others may write to %s', (_, path, mode) => {
    keepCode(place, code)
    expect(keptCode(place)).toEqual(code)

    chmodSync(path(), mode)

    expect(keptCode(place)).toBeUndefined()
  })

  it('is neither taken from another user nor put into their folders', () => {
    keepCode(place, code)
    const own = process.geteuid!()
    vi.spyOn(process, 'geteuid').mockReturnValue(own + 1)

    expect(keptCode(place)).toBeUndefined()
    keepCode({...place, id: 'status'}, code)
    expect(readdirSync(folder())).toEqual(['runs-show.code'])
    rmSync(folder(), {recursive: true})
    keepCode(place, code)
    expect(readdirSync(base)).toEqual([])
  })

  it('is not taken through a link', () => {
    keepCode(place, code)
    renameSync(file(), join(folder(), 'elsewhere'))
    symlinkSync('elsewhere', file())
    expect(keptCode(place)).toBeUndefined()

    rmSync(file())
    renameSync(join(folder(), 'elsewhere'), file())
    renameSync(folder(), join(base, 'real'))
    symlinkSync('real', folder())
    expect(keptCode(place)).toBeUndefined()
  })

  it('is not kept where there is no home, nor where a file is in the way', () => {
    vi.stubEnv('XDG_CACHE_HOME', join(base, 'not', 'there', 'yet'))
    keepCode(place, code)
    expect(readdirSync(base)).toEqual([])

    vi.stubEnv('XDG_CACHE_HOME', base)
    mkdirSync(join(folder(), 'runs-show.code', 'full'), {recursive: true, mode: 0o700})
    keepCode(place, code)
    expect(readdirSync(folder())).toEqual(['runs-show.code'])
    expect(keptCode(place)).toBeUndefined()
  })
})
