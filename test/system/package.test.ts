/** The packages as a user gets them: installed or copied into an empty folder, run with an empty environment. */
import {execFileSync, spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {makeExecutable} from '../../src/package/executable.ts'
import {nodeBinary} from '../../src/package/node-binary.ts'
import {makeTarball, type Tarball} from '../../src/package/tarball.ts'
import {offlinePlan} from '../support/offline-plan.ts'
import type {Ran} from '../support/ringup.ts'

const {version} = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

/** Why the executable's tests are left out; with RINGUP_REQUIRE_NODES=1 they never are. */
const nodeMissing = ((): string | undefined => {
  if (process.env.RINGUP_REQUIRE_NODES === '1') return undefined
  try {
    nodeBinary(22)
    return undefined
  } catch (error) {
    return `Node cannot be fetched: ${(error as Error).message.split('\n')[0]}`
  }
})()

let folder: string
let home: string
let tarball: Tarball
/** the package as it is unpacked */
let unpacked: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringup-package-'))
  home = join(folder, 'home')
  unpacked = join(folder, 'package')
  mkdirSync(home)
  mkdirSync(join(folder, 'bin'))
  for (const program of readdirSync('/usr/bin'))
    if (!/^(?:node|npm|npx|corepack)/.test(program))
      symlinkSync(join('/usr/bin', program), join(folder, 'bin', program))
  tarball = makeTarball(folder)
  execFileSync('tar', ['-xzf', tarball.file, '-C', folder])
})
afterAll(() => rmSync(folder, {recursive: true, force: true}))

/** Only HOME is in the environment, and a PATH with all but Node; the folder it runs in has nothing of ours. */
function run(program: string, ...args: string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: home,
      env: {HOME: home, PATH: join(folder, 'bin')},
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const output = {stdout: '', stderr: ''}
    child.stdout.on('data', chunk => {
      output.stdout += chunk
      if (/passphrase for [^\n]*: $/.test(output.stdout)) child.stdin.write('open sesame\r')
    })
    child.stderr.on('data', chunk => {
      output.stderr += chunk
    })
    // a terminal has no end
    if (program !== 'script') child.stdin.end()
    child.on('error', reject)
    child.on('close', code => resolve({code, ...output}))
  })
}

/** @param command program and arguments that are ringup */
async function expectToWork(...[program, ...first]: [string, ...string[]]): Promise<void> {
  const ringup = (...args: string[]) => run(program, ...first, ...args)
  expect(await ringup('--version')).toEqual({code: 0, stdout: `ringup ${version}\n`, stderr: ''})
  expect(await ringup('--help')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('COMMANDS'),
    stderr: '',
  })
  expect(await ringup('inventory', 'check', '-i', join(unpacked, 'inventory.example.yaml'))).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('no problems'),
    stderr: '',
  })
  const plan = await ringup(...offlinePlan(home), '--json')
  expect(plan).toMatchObject({code: 0, stderr: ''})
  expect(JSON.parse(plan.stdout)).toMatchObject({digest: expect.stringMatching(/^sha256:/)})
  expect(await ringup('plam')).toMatchObject({code: 64, stderr: expect.stringContaining('ringup plan')})
}

describe('the tarball', () => {
  it('is small, and needs neither a build nor anything else to be installed', () => {
    expect(basename(tarball.file)).toBe(`ringup-${version}.tgz`)
    expect(readFileSync(tarball.file).length).toBeLessThan(3e6)
    const packed = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8'))
    for (const wanted of ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies'])
      expect(packed).not.toHaveProperty(wanted)
    for (const script of ['preinstall', 'install', 'postinstall', 'prepare'])
      expect(packed.scripts).not.toHaveProperty(script)
    const files = readdirSync(unpacked, {recursive: true, encoding: 'utf8'})
    expect(files).toContain('dist/src/main.js')
    expect(files.filter(file => /\.node$|binding\.gyp$|node_modules|\.ts$|\.map$/.test(file))).toEqual([])
  })

  it('is the same when it is made again', () => {
    const again = join(folder, 'again')
    mkdirSync(again)
    expect(readFileSync(makeTarball(again).file).equals(readFileSync(tarball.file))).toBe(true)
  })

  it('is installed without a network, and runs', async () => {
    const prefix = join(folder, 'installed')
    const cache = join(folder, 'empty-cache')
    const options = ['--offline', '--loglevel=error', '--cache', cache, '--prefix', prefix]
    execFileSync('npm', ['install', ...options, tarball.file], {cwd: home, stdio: 'pipe'})
    expect(readdirSync(join(prefix, 'node_modules')).filter(name => !name.startsWith('.'))).toEqual([
      'ringup',
    ])
    await expectToWork(process.execPath, join(prefix, 'node_modules/.bin/ringup'))
  })

  describe('what it says of what it holds', () => {
    const about = (file: string): string => readFileSync(join(unpacked, 'dist/about', file), 'utf8')
    /** folders in node_modules of which code is in the bundle, told by esbuild */
    const folders = (): string[] => {
      const metafile = JSON.parse(readFileSync(new URL('../../dist/metafile.json', import.meta.url), 'utf8'))
      const outputs = Object.values(metafile.outputs) as {inputs: Record<string, {bytesInOutput: number}>}[]
      const inputs = outputs.flatMap(({inputs}) => Object.entries(inputs))
      const files = inputs.filter(([, {bytesInOutput}]) => bytesInOutput > 0).map(([file]) => file.split('/'))
      return [
        ...new Set(
          files.flatMap(words => {
            const at = words.lastIndexOf('node_modules')
            const length = words[at + 1]?.startsWith('@') ? 3 : 2
            return at < 0 ? [] : [words.slice(0, at + length).join('/')]
          }),
        ),
      ]
    }
    const packages = (): {name: string; version: string; folder: string}[] =>
      folders().map(path => {
        const {name, version} = JSON.parse(
          readFileSync(new URL(`../../${path}/package.json`, import.meta.url), 'utf8'),
        )
        return {name, version, folder: path}
      })

    it('is licences, of every package', () => {
      const text = about('THIRD-PARTY-LICENSES.txt')
      expect(packages().length).toBeGreaterThan(50)
      for (const {name, version} of packages()) {
        const [, own = ''] = text.split(`\n${name}@${version} (`)
        expect(own.split('='.repeat(80))[1], name).toMatch(/copyright|permission|licen[cs]e/i)
      }
    })

    it('is a bill of materials, of every package and nothing else', () => {
      const sbom = JSON.parse(about('sbom.cdx.json'))
      expect(sbom).toMatchObject({
        bomFormat: 'CycloneDX',
        specVersion: expect.stringMatching(/^1\.[56]$/),
        metadata: {component: {name: 'ringup', version}},
      })
      const listed = (sbom.components as {name: string; version: string}[]).map(
        one => `${one.name}@${one.version}`,
      )
      expect(new Set(listed)).toEqual(new Set(packages().map(one => `${one.name}@${one.version}`)))
      expect(new Set(listed).size).toBe(listed.length)
      for (const {hashes, licenses, purl} of sbom.components) {
        expect(hashes).toHaveLength(1)
        expect(licenses).toHaveLength(1)
        expect(purl).toMatch(/^pkg:npm\//)
      }
      expect(about('sbom.cdx.json')).not.toMatch(/https?:|registry/)
    })

    it('is the exact version of each, without the address of a registry', () => {
      const lock = JSON.parse(about('package-lock.json')).packages
      for (const one of packages())
        expect(lock[one.folder]).toMatchObject({
          version: one.version,
          integrity: expect.stringMatching(/^sha512-/),
        })
      expect(about('package-lock.json')).not.toMatch(/"resolved"|registry/)
    })
  })
})

if (nodeMissing) console.error(`skipped: the single executable: ${nodeMissing}`)
describe.skipIf(nodeMissing)('the single executable', () => {
  let executable: string

  beforeAll(() => {
    executable = makeExecutable(folder, tarball)
  })

  it('runs on a host without Node', () => expectToWork(executable))

  it('starts a practice cluster, grows it and stops it', async () => {
    const demo = await run(executable, 'lab', 'demo')
    expect(demo).toMatchObject({code: 0})
    expect(demo.stdout).toContain('All 64 partitions have the owner that was planned')
    expect(demo.stdout).toContain(`\n  ${executable} lab up\n`)
  })

  it('decrypts a key', async () => {
    const lab = join(folder, 'lab')
    const key = join(lab, 'id_ed25519')
    expect(await run(executable, 'lab', 'up', '--nodes', '3', '--dir', lab)).toMatchObject({code: 0})
    try {
      execFileSync('ssh-keygen', ['-q', '-p', '-N', 'open sesame', '-f', key], {stdio: 'pipe'})
      const status = [executable, 'status', '-i', join(lab, 'inventory.yaml')].join(' ')
      const shown = await run('script', '-qec', status, '/dev/null')
      expect(shown.stdout).toContain('passphrase for')
      expect(shown).toMatchObject({code: 0, stdout: expect.stringMatching(/healthy\?.*yes/)})
    } finally {
      await run(executable, 'lab', 'down', '--dir', lab)
    }
  })

  it('takes nothing of what lies near it', async () => {
    // ssh2 would like this native addon
    mkdirSync(join(folder, 'node_modules/cpu-features'), {recursive: true})
    writeFileSync(join(folder, 'node_modules/cpu-features/index.js'), "process.stdout.write('planted')")
    const [, , inventory] = offlinePlan(home)
    const {stdout, stderr} = await run(executable, 'exec', '-i', inventory!, '--', 'true')
    expect(stderr).toContain('127.0.0.1')
    expect(stdout + stderr).not.toContain('planted')
  })

  it('holds the licences of Node too', () => {
    const text = readFileSync(`${executable}-LICENSES.txt`, 'utf8')
    expect(text).toContain('Node.js is licensed for use as follows')
    expect(text).toContain('\nssh2@')
  })
})
