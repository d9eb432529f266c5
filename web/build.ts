/**
 * Builds the console where what was built is of other sources. Runs when packages are installed (`prepare`), beside a
 * start that finds it missing, and by `npm run build:web`. `--quiet`: it never fails an install; it says why and leaves
 * what is there. What is made appears as a whole: it is written beside its place and renamed.
 */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { pagePatterns } from './src/paths.ts'
import { builtFolder, fingerprint, holds } from './stamp.ts'

const web = fileURLToPath(new URL('.', import.meta.url))

async function build(folder: string): Promise<void> {
  const wanted = fingerprint()
  if (holds(folder, wanted)) return
  // What is served is the production build, whatever the environment of whoever starts the service says.
  process.env['NODE_ENV'] = 'production'
  // Vite is needed to build, not to serve: where it is not installed the import fails and says so.
  const vite = await import('vite')
  mkdirSync(dirname(folder), { recursive: true })
  const place = mkdtempSync(`${folder}.`)
  try {
    await vite.build({
      root: web,
      configFile: join(web, 'vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: place, emptyOutDir: true },
    })
    await compress(join(place, 'assets'))
    writeFileSync(join(place, 'pages.json'), JSON.stringify(pagePatterns))
    writeFileSync(join(place, 'stamp'), wanted)
    // Whoever serves it may be another user than who installed it.
    chmodSync(place, 0o755)
    rmSync(folder, { recursive: true, force: true })
    renameSync(place, folder)
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

const squeeze = { br: promisify(brotliCompress), gz: promisify(gzip) }

async function compress(folder: string): Promise<void> {
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
  await Promise.all(
    readdirSync(folder).map(async (name) => {
      const bytes = readFileSync(join(folder, name))
      writeFileSync(join(folder, `${name}.br`), await squeeze.br(bytes, quality))
      writeFileSync(join(folder, `${name}.gz`), await squeeze.gz(bytes, { level: 9 }))
    }),
  )
}

const [given, quiet] = [process.argv[2], process.argv.includes('--quiet')]
try {
  await build(given === undefined || given.startsWith('--') ? builtFolder : given)
} catch (error) {
  const why = error instanceof Error ? error.message : String(error)
  process.stderr.write(`控制台未能构建 / the console was not built: ${why}\n`)
  if (!quiet) process.exitCode = 1
}
