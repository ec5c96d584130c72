/**
 * `npm run package`: the tarball and the single executable, into `dist/package`.
 * `npm run package -- lists`: only what is inside beside the code, as `npm pack` needs it.
 */
import {createHash} from 'node:crypto'
import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {basename} from 'node:path'
import {makeExecutable} from './executable.ts'
import {writeLists} from './lists.ts'
import {root} from './root.ts'
import {makeTarball} from './tarball.ts'

const [verb] = process.argv.slice(2)
if (verb === undefined) makePackages()
else if (verb === 'lists') writeLists()
else {
  process.stderr.write(`package: say: npm run package [-- lists]\n`)
  process.exitCode = 64
}

function makePackages(): void {
  const folder = `${root}dist/package`
  rmSync(folder, {recursive: true, force: true})
  mkdirSync(folder, {recursive: true})
  const tarball = makeTarball(folder)
  const files = [tarball.file]
  if (process.platform === 'linux' && process.arch === 'x64') files.push(makeExecutable(folder, tarball))
  else process.stderr.write('package: the executable is made on linux-x64 only\n')
  const sums = files.map(file => {
    const bytes = readFileSync(file)
    process.stdout.write(`${(bytes.length / 1e6).toFixed(1).padStart(6)} MB  ${file}\n`)
    return `${createHash('sha256').update(bytes).digest('hex')}  ${basename(file)}\n`
  })
  writeFileSync(`${folder}/SHA256SUMS`, sums.join(''))
}
