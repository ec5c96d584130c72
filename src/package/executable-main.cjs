// What the single executable runs first. The files of the package are inside it, and are read from memory as if they
// lay below the executable: as that is a file and no folder, nobody can put anything there.
'use strict'
const fs = require('node:fs')
const modules = require('node:module')
const {getAsset} = require('node:sea')
const {fileURLToPath, pathToFileURL} = require('node:url')
const threads = require('node:worker_threads')

const root = `${process.execPath}/`
const rootUrl = pathToFileURL(root).href
const isOurs = url => String(url).startsWith(rootUrl)

/** The bytes of a file of the package; undefined: it is none of ours. */
function inside(file) {
  const path = file instanceof URL ? fileURLToPath(file) : file
  if (typeof path !== 'string' || !path.startsWith(root)) return undefined
  try {
    return Buffer.from(getAsset(path.slice(root.length)))
  } catch {
    throw Object.assign(new Error(`${path} is not in the package`), {code: 'ENOENT', path})
  }
}

const {readFileSync} = fs
const {readFile} = fs.promises
const decoded = (bytes, options) => {
  const encoding = typeof options === 'string' ? options : options?.encoding
  return encoding ? bytes.toString(encoding) : bytes
}
fs.readFileSync = (file, options) => {
  const bytes = inside(file)
  return bytes ? decoded(bytes, options) : readFileSync(file, options)
}
fs.promises.readFile = async (file, options) => {
  const bytes = inside(file)
  return bytes ? decoded(bytes, options) : readFile(file, options)
}

const {Worker} = threads
threads.Worker = class extends Worker {
  constructor(file, options) {
    if (isOurs(file))
      super(getAsset('executable-main.cjs', 'utf8'), {...options, eval: true, argv: [String(file)]})
    else super(file, options)
  }
}
modules.syncBuiltinESMExports()

const formatOf = url => (url.endsWith('.mjs') ? 'module' : 'commonjs')

modules.registerHooks({
  resolve(specifier, context, next) {
    const url = specifier.startsWith(root)
      ? pathToFileURL(specifier).href
      : specifier.startsWith('.') && isOurs(context.parentURL)
        ? new URL(specifier, context.parentURL).href
        : specifier
    return isOurs(url) ? {url, format: formatOf(url), shortCircuit: true} : next(specifier, context)
  },
  load(url, context, next) {
    return isOurs(url)
      ? {format: formatOf(url), source: inside(new URL(url)), shortCircuit: true}
      : next(url, context)
  },
})

if (threads.isMainThread) {
  // ringup calls itself as node would be called, with the path of its program first
  const main = `${root}dist/src/main.js`
  if (process.argv[2] === main) process.argv.splice(1, 1)
  else process.argv[1] = main
  void import(pathToFileURL(main).href)
} else void import(process.argv[2])
