/** `npm run release` in a clone of its own, where making packages and the reference only leaves a trace. */
import {execFileSync, spawnSync} from 'node:child_process'
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {projectFolder} from '../docs/doc-commands.ts'

let clone: string
const git = (...words: string[]): string =>
  execFileSync('git', ['-C', clone, ...words], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']}).trim()
const file = (name: string): string => readFileSync(join(clone, name), 'utf8')
const write = (name: string, text: string): void => writeFileSync(join(clone, name), text)

type Versions = {readonly version: string; readonly packages?: {readonly ''?: {readonly version: string}}}
const versions = (name: string): Versions => JSON.parse(file(name))

function commitAs(message: string): void {
  git('add', '--all')
  git('commit', '--quiet', '--message', message)
}

/** Instead of making packages, `npm run package` does this. */
function packagesBy(command: string): void {
  const text = file('package.json')
    .replace(/"package": ".*"/, `"package": "${command}"`)
    .replace(/"reference": ".*"/, '"reference": "echo reference >> docs/reference.md"')
  write('package.json', text)
}

/** The release of this tree, on the clone. */
function release(...words: string[]): {code: number | null; said: string} {
  const program = [join(projectFolder, 'build.mjs'), 'run', join(projectFolder, 'src/package/release.ts')]
  const {status, stderr} = spawnSync(process.execPath, [...program, ...words], {cwd: clone, encoding: 'utf8'})
  return {code: status, said: stderr}
}

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'ringup-release-'))
  execFileSync('git', [
    'clone',
    '--quiet',
    '--no-hardlinks',
    '--depth',
    '1',
    `file://${projectFolder}`,
    clone,
  ])
  git('config', 'user.name', 'A person')
  git('config', 'user.email', 'person@example.net')
  packagesBy('echo package >> dist-of-test')
  write('.gitignore', `${file('.gitignore')}dist-of-test\n`)
  write('CHANGELOG.md', '# Changelog\n\n## Unreleased\n\n- New.\n\n## 7.0.0 (2026-01-02)\n\n- Old.\n')
  commitAs('As it is')
})
afterEach(() => rmSync(clone, {recursive: true, force: true}))

describe('a release', () => {
  it('is one commit and one tag, with the version in all files, and nothing left', () => {
    const before = git('rev-parse', 'HEAD')
    const day = new Date().toISOString().slice(0, 10)

    expect(release('7.1.0')).toMatchObject({code: 0, said: expect.stringContaining('nothing is pushed')})
    expect(git('log', '--format=%s', `${before}..HEAD`)).toBe('Release 7.1.0')
    expect(git('rev-parse', 'v7.1.0^{commit}')).toBe(git('rev-parse', 'HEAD'))
    expect(git('diff', '--name-only', before).split('\n')).toEqual([
      'CHANGELOG.md',
      'docs/reference.md',
      'package-lock.json',
      'package.json',
    ])
    expect(git('status', '--porcelain')).toBe('')
    expect(versions('package.json').version).toBe('7.1.0')
    expect(versions('package-lock.json')).toMatchObject({
      version: '7.1.0',
      packages: {'': {version: '7.1.0'}},
    })
    expect(git('diff', '--numstat', before, '--', 'package.json', 'package-lock.json')).toBe(
      '2\t2\tpackage-lock.json\n1\t1\tpackage.json',
    )
    expect(file('CHANGELOG.md')).toBe(
      `# Changelog\n\n## Unreleased\n\n## 7.1.0 (${day})\n\n- New.\n\n## 7.0.0 (2026-01-02)\n\n- Old.\n`,
    )
    expect(file('docs/reference.md')).toMatch(/reference\n$/)
    expect(file('dist-of-test')).toBe('package\n')

    expect(release('7.2.0')).toMatchObject({code: 1, said: expect.stringContaining('no entry under')})
  })

  it('says with --dry-run what it would do, and does nothing', () => {
    const before = git('rev-parse', 'HEAD')
    const {code, said} = release('7.1.0', '--dry-run')

    expect(code).toBe(0)
    expect(said.match(/(?<=would do: )[^:]+/g)).toEqual([
      'CHANGELOG.md',
      'package.json, package-lock.json',
      'npm run reference',
      'npm run package',
      'git commit',
      'git tag',
    ])
    expect([git('rev-parse', 'HEAD'), git('status', '--porcelain'), git('tag')]).toEqual([before, '', ''])
    expect(existsSync(join(clone, 'dist-of-test'))).toBe(false)
  })

  it('is refused where it would be wrong, dry or not', () => {
    const refused = (version: string, why: string): void => {
      expect(release(version)).toMatchObject({code: 1, said: expect.stringContaining(why)})
      expect(release(version, '--dry-run')).toMatchObject({code: 1, said: expect.stringContaining(why)})
    }
    refused('7.0.0', '7.0.0 is not above the last release, 7.0.0')
    git('tag', 'v7.1.0')
    refused('7.0.9', '7.0.9 is not above the last release, 7.1.0')
    write('new-file', '')
    refused('7.2.0', 'the tree is not clean:\n?? new-file')
    expect(release()).toMatchObject({code: 64, said: expect.stringContaining('npm run release -- VERSION')})
    expect(release('7.2.0', '--publish').code).toBe(64)
  })

  it.each([
    ['packages cannot be made', 'exit 3', /npm run package/],
    ['something else was changed', ': > README.md', /M README\.md/],
  ])('puts the files back where %s', (_, packages, why) => {
    packagesBy(packages)
    commitAs('Packages')
    const before = git('rev-parse', 'HEAD')
    const {code, said} = release('7.1.0')

    expect(said).toMatch(why)
    expect(said).toContain('nothing is released')
    expect(code).toBe(1)
    expect(git('rev-parse', 'HEAD')).toBe(before)
    expect(git('tag')).toBe('')
    expect(git('status', '--porcelain').replace('M README.md', '')).toBe('')
    expect(versions('package.json').version).not.toBe('7.1.0')
  })
})
