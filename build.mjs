// Installs from the lock file and builds, each only when stale, then runs what it is given:
//   node build.mjs                     install and build
//   node build.mjs run FILE [ARG...]   the same, then FILE; a .ts file is bundled first
import {execFileSync, spawn} from 'node:child_process'
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {basename, dirname, join, relative, resolve} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const at = path => join(root, path)
const modified = path => (existsSync(at(path)) ? statSync(at(path)).mtimeMs : 0)

/** All files below a folder, as paths from the project's root. */
function filesBelow(folder) {
  return readdirSync(at(folder), {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile())
    .map(entry => relative(root, join(entry.parentPath, entry.name)))
}

function install() {
  if (modified('node_modules/.package-lock.json') >= modified('package-lock.json')) return
  console.error('ringup: installing from package-lock.json')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  execFileSync(npm, ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
}

const bundling = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.20',
  logLevel: 'warning',
  jsx: 'automatic',
}

/** Native addons, which ssh2 does without, even where some lie in a folder near ours; and ink's tools for developers. */
const leftOut = {
  name: 'left-out',
  setup({onResolve, onLoad}) {
    const namespace = 'left-out'
    onResolve({filter: /^cpu-features$|\.node$/}, ({path}) => ({path, namespace}))
    onResolve({filter: /^\.\/devtools\.js$/}, ({path, importer}) =>
      importer.includes('node_modules/ink/') ? {path, namespace} : undefined,
    )
    onLoad({filter: /./, namespace}, ({path}) => ({
      contents: `throw new Error('${path} is left out')`,
    }))
  },
}

async function build() {
  const sources = [
    'package.json',
    'package-lock.json',
    'build.mjs',
    ...filesBelow('src'),
    ...filesBelow('commands'),
  ]
  const built = modified('dist/built')
  if (
    sources.every(file => modified(file) <= built) &&
    readFileSync(at('dist/built'), 'utf8') === sources.join('\n')
  )
    return
  const {build: esbuild} = await import('esbuild')
  const entries = [
    'src/main.ts',
    'src/cli/answer.ts',
    ...filesBelow('commands').filter(file => /\.tsx?$/.test(file)),
  ]
  const {metafile} = await esbuild({
    ...bundling,
    entryPoints: entries,
    outdir: 'dist',
    outbase: '.',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    metafile: true,
    minify: true,
    // ssh2 tells its classes by their names
    keepNames: true,
    define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
    plugins: [leftOut],
    // oclif, ssh2 and react are CommonJS: bundled into a module they still want `require`
    banner: {
      js: "import{createRequire as __cr}from'node:module';import{fileURLToPath as __fp}from'node:url';import{dirname as __dn}from'node:path';const require=__cr(import.meta.url),__filename=__fp(import.meta.url),__dirname=__dn(__filename);",
    },
  })
  const kept = new Set(Object.keys(metafile.outputs))
  for (const file of filesBelow('dist')) if (!kept.has(file)) rmSync(at(file))
  writeFileSync(at('dist/metafile.json'), JSON.stringify(metafile))
  await writeManifest()
  execFileSync(process.execPath, [await compiled('src/reference/run.ts'), 'man'])
  writeFileSync(at('dist/built'), sources.join('\n'))
}

/** `oclif.manifest.json`: the commands' flags and help, so that starting loads only the command that runs. */
async function writeManifest() {
  const {Plugin} = await import('@oclif/core')
  const plugin = new Plugin({
    root,
    type: 'core',
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  })
  await plugin.load()
  // in an order that is not the disk's: the same sources make the same package
  const commands = Object.fromEntries(
    Object.entries(plugin.manifest.commands).sort(([a], [b]) => (a < b ? -1 : 1)),
  )
  writeFileSync(at('oclif.manifest.json'), JSON.stringify({...plugin.manifest, commands}))
}

/** Bundles a TypeScript program of the project's own (tests, benchmarks) and returns the file to run. */
async function compiled(file) {
  const {build: esbuild} = await import('esbuild')
  const outfile = at(`node_modules/.cache/ringup/${file.replaceAll('/', '-').replace(/\.ts$/, '')}.mjs`)
  mkdirSync(dirname(outfile), {recursive: true})
  const here = JSON.stringify(pathToFileURL(at(file)).href)
  await esbuild({
    ...bundling,
    entryPoints: [file],
    outfile,
    packages: 'external',
    define: {'import.meta.url': here, 'import.meta.dirname': JSON.stringify(dirname(at(file)))},
  })
  return outfile
}

install()
await build()
const [verb, file, ...args] = process.argv.slice(2)
if (verb === 'run') {
  const program = file.endsWith('.ts') ? await compiled(relative(root, resolve(file))) : at(file)
  const child = spawn(process.execPath, [program, ...args], {stdio: 'inherit', env: process.env})
  // a signal to the group reaches the child by itself; this process only waits for its end
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => signal === 'SIGINT' || child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143)
  })
} else if (verb) {
  console.error(
    `build.mjs: unknown ${JSON.stringify(verb)}; say: node build.mjs [run FILE [ARG...]] (${basename(root)})`,
  )
  process.exitCode = 64
}
