// Installs from the lock file and builds, each only when stale, then runs what it is given:
//   node build.mjs                     install and build
//   node build.mjs run FILE [ARG...]   the same, then FILE; a .ts file is bundled first
import {execFileSync, spawn} from 'node:child_process'
import {createHash} from 'node:crypto'
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

/** Of oclif only what commands are made of: the rest of it finds and loads commands, which `commandsOf` does here. */
const lessOclif = {
  name: 'less-oclif',
  setup({onResolve, onLoad}) {
    const namespace = 'less-oclif'
    onResolve({filter: /^@oclif\/core$/}, ({path}) => ({path, namespace}))
    onLoad({filter: /^@oclif\/core$/, namespace}, () => ({
      contents:
        "exports.Args=require('@oclif/core/args');exports.Flags=require('@oclif/core/flags');exports.Command=require('@oclif/core/command').Command",
      resolveDir: root,
    }))
    onResolve({filter: /^\.\/config$/}, ({path, importer}) =>
      importer.endsWith('@oclif/core/lib/command.js') ? {path, namespace} : undefined,
    )
    onResolve({filter: /^\.\/http-agents\.js$/}, ({path, importer}) =>
      importer.endsWith('ssh2/lib/index.js') ? {path, namespace} : undefined,
    )
    onLoad({filter: /^\.\//, namespace}, () => ({contents: ''}))
  },
}

/** Modules that are loaded late and have a file of their own. */
const apart = {
  name: 'apart',
  setup({onResolve, onLoad}) {
    const namespace = 'apart'
    onResolve({filter: /\/(run-view|host-names)\.ts$/}, ({path, kind}) =>
      kind === 'dynamic-import' ? {path, namespace} : undefined,
    )
    // ink cannot be loaded by `require`: start/program gives what loads it
    onLoad({filter: /run-view/, namespace}, () => ({
      contents: 'export const openRunView=async(...all)=>(await __screen()).openRunView(...all)',
    }))
    onLoad({filter: /host-names/, namespace}, () => ({
      contents: "module.exports=require('./inventory/host-names.js')",
    }))
    onResolve({filter: /^\.\/inventory\/host-names\.js$/, namespace}, ({path}) => ({path, external: true}))
  },
}

const shipped = {
  ...bundling,
  format: 'cjs',
  outdir: 'dist',
  outbase: '.',
  metafile: true,
  minify: true,
  // ssh2 tells its classes by their names
  keepNames: true,
  define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
  plugins: [leftOut, lessOclif, apart],
}

/** What `import.meta.url` is in CommonJS. @param path from the file's own folder */
const urlOf = path => ({
  define: {...shipped.define, 'import.meta.url': '__url'},
  js: `var __url=require('node:url').pathToFileURL(require('node:path').join(__dirname,'${path}')).href;`,
})

const idOf = file =>
  file
    .replace(/^commands\//, '')
    .replace(/(?:\/index)?\.tsx?$/, '')
    .replaceAll('/', ':')

/** The commands, `{'runs:show': ...}`, as a program's text. */
const commandsOf = (files, loading) =>
  `{${files.map((file, at) => `${JSON.stringify(idOf(file))}:${loading(`./${file}`, at)}`).join()}}`

async function build() {
  const commands = filesBelow('commands').filter(file => /\.tsx?$/.test(file))
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
  const isLab = file => file.startsWith('commands/lab/')
  const made = [
    await esbuild(quickAnswers()),
    await esbuild(
      program(
        'ringup',
        commands.filter(file => !isLab(file)),
      ),
    ),
    await esbuild(program('lab', commands.filter(isLab))),
    await esbuild(screen),
  ]
  const outputs = Object.assign({}, ...made.map(({metafile}) => metafile.outputs))
  for (const file of filesBelow('dist')) if (!Object.hasOwn(outputs, file)) rmSync(at(file))
  for (const name of ['ringup', 'lab']) stamp(`dist/programs/${name}.js`)
  // the package itself is of modules
  writeFileSync(at('dist/package.json'), '{"type":"commonjs"}\n')
  writeFileSync(at('dist/metafile.json'), JSON.stringify({outputs}))
  await writeManifest(commands)
  execFileSync(process.execPath, [await compiled('src/reference/run.ts'), 'man'])
  writeFileSync(at('dist/built'), sources.join('\n'))
}

/** The way in, and what is loaded beside the programs: names of hosts for a shell, the thread that decrypts keys. */
function quickAnswers() {
  const {define, js} = urlOf('main.js')
  return {
    ...shipped,
    // tests call answer in their own process
    entryPoints: [
      'src/main.ts',
      'src/start/answer.ts',
      'src/inventory/host-names.ts',
      'src/ssh/identities.ts',
    ],
    define,
    banner: {js},
  }
}

/** A function's text, which start/program compiles: commands, in one file, for loading many takes longer than running them. */
function program(name, files) {
  // the thread that decrypts keys asks for it, nobody else
  const {define, js} = urlOf('../src/ssh/identities.js')
  const commands = commandsOf(files, file => `()=>import('${file}')`)
  return {
    ...shipped,
    stdin: {
      contents: `import {runCommand} from './src/cli/run-command.ts';export const run=(...all)=>runCommand(...all,${commands})`,
      resolveDir: root,
      sourcefile: `${name}.js`,
    },
    outdir: undefined,
    outfile: `dist/programs/${name}.js`,
    // a function that is compiled has no way to import: what is loaded late is required
    supported: {'dynamic-import': false},
    define,
    banner: {js: `(function(exports,require,module,__dirname,__screen){${js}`},
    footer: {js: '})'},
  }
}

/** ink waits for its layout engine while it is loaded, which modules alone may. */
const screen = {
  ...shipped,
  format: 'esm',
  entryPoints: ['src/tui/run-view.ts'],
  outExtension: {'.js': '.mjs'},
  banner: {js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);"},
}

/** Ends a program with what tells it from all others; start/program reads it as one byte a character. */
function stamp(file) {
  // esbuild leaves them in regular expressions alone
  const text = readFileSync(at(file), 'utf8').replace(
    /[^\0-\x7f]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  writeFileSync(at(file), `${text}//${createHash('sha256').update(text).digest('hex')}`)
}

/** `oclif.manifest.json`: the commands' flags and help, so that starting loads only the command that runs. */
async function writeManifest(files) {
  const folder = at('node_modules/.cache/ringup/commands')
  const {build: esbuild} = await import('esbuild')
  const imports = files.map((file, at) => `import c${at} from './${file}';`).join('')
  await esbuild({
    ...bundling,
    stdin: {
      contents: `${imports}export const commands=${commandsOf(files, (_, at) => `c${at}`)}`,
      resolveDir: root,
    },
    outfile: join(folder, 'commands.js'),
    packages: 'external',
  })
  const described = JSON.parse(readFileSync(at('package.json'), 'utf8'))
  const explicit = {strategy: 'explicit', target: './commands.js', identifier: 'commands'}
  const oclif = {...described.oclif, commands: explicit}
  writeFileSync(join(folder, 'package.json'), JSON.stringify({...described, oclif}))
  const {Plugin} = await import('@oclif/core')
  const plugin = new Plugin({
    root: folder,
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
