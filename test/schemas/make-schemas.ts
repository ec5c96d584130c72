/** JSON Schemas, made of the types of the code that prints the documents: a shape is said once. */
import {join} from 'node:path'
import {
  type CompletedConfig,
  createFormatter,
  createParser,
  createProgram,
  DEFAULT_CONFIG,
  type Schema,
  SchemaGenerator,
  ts,
} from 'ts-json-schema-generator'
import {commandIds} from '../support/json-documents.ts'
import {documentsOf, type Shape} from './documents.ts'

/** Name of each document -> its JSON Schema. */
export function makeSchemas(root: string): Map<string, object> {
  const config: CompletedConfig = {
    ...DEFAULT_CONFIG,
    tsconfig: join(root, 'tsconfig.json'),
    // the project's own compiler does that
    skipTypeCheck: true,
    jsDoc: 'extended',
    topRef: false,
    sortProps: false,
    strictTuples: true,
    encodeRefs: false,
    functions: 'fail',
  }
  const program = createProgram(config)
  const generator = new SchemaGenerator(
    program,
    createParser(program, config),
    createFormatter(config),
    config,
  )
  const schemaOf = (shape: Shape): object => {
    if ('schema' in shape) return shape.schema()
    const file = 'run' in shape ? shape.run : shape.file
    const source = program.getSourceFile(join(root, file))
    if (!source) throw new Error(`${file} is not part of the project`)
    const node = 'run' in shape ? promised(source) : typeNamed(source, shape.type)
    return withoutGenerics(generator.createSchemaFromNodes([node]))
  }
  return new Map(
    documentsOf(commandIds).map(({name, title, shape}) => {
      const {$schema, ...schema} = schemaOf(shape) as {readonly $schema?: string}
      return [name, {$schema: $schema ?? draft, title, ...schema}]
    }),
  )
}

const draft = 'https://json-schema.org/draft/2020-12/schema'

/** What is made of a generic type is named after places in files: it is put where it is used. */
function withoutGenerics({definitions = {}, ...schema}: Schema): Schema {
  const generic = (name: string): boolean => name.includes('<')
  const filled = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value), (_, part: {readonly $ref?: string} | null) => {
      const name = part?.$ref?.replace('#/definitions/', '')
      return name !== undefined && generic(name) ? filled(definitions[name]) : part
    })
  const named = Object.entries(definitions).filter(([name]) => !generic(name))
  return filled({...schema, ...(named.length > 0 ? {definitions: Object.fromEntries(named)} : {})})
}

/** `T` of the command's `run(): Promise<T>`. */
function promised(source: ts.SourceFile): ts.Node {
  const run = source.statements
    .filter(ts.isClassDeclaration)
    .flatMap(({members}) => [...members])
    .filter(ts.isMethodDeclaration)
    .find(({name}) => name.getText(source) === 'run')
  const type = run?.type
  const [value] = type && ts.isTypeReferenceNode(type) ? (type.typeArguments ?? []) : []
  if (!value) throw new Error(`${source.fileName} does not say what its run() promises`)
  return value
}

function typeNamed(source: ts.SourceFile, wanted: string): ts.Node {
  const found = source.statements.filter(ts.isTypeAliasDeclaration).find(({name}) => name.text === wanted)
  if (!found) throw new Error(`${source.fileName} has no type ${wanted}`)
  return found
}
