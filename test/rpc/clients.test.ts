import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { connect, PackhouseError } from '../../examples/clients/packhouse.ts'
import { requirePeer } from '../helpers/peers.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const run = promisify(execFile)
const FOLDER = fileURLToPath(new URL('../../examples/clients/', import.meta.url))
const LINES_MAX = 40
const LIMIT_MS = 60_000

/** Looks an order up, loses its session, looks it up again, asks for an order that isn't there; answers what it saw. */
const PYTHON = `
import json, os, sys
sys.path.insert(0, os.environ["FOLDER"])
from packhouse import Packhouse, PackhouseError
client = Packhouse(os.environ["RPC_URL"], "demo", os.environ["KEY"])
seen = [client.call("order.info", "100000309")["unique_id"]]
client._request("endSession", [client.session])
seen.append(client.call("order.info", "100000309", "*")["state"])
try:
    client.call("order.info", "nothing")
except PackhouseError as error:
    seen.append([error.code, str(error)])
try:
    Packhouse(os.environ["RPC_URL"], "demo", "wrong").call("order.info", "100000309")
except PackhouseError as error:
    seen.append(error.code)
print(json.dumps(seen))
`

const PHP = `
require getenv('FOLDER') . 'packhouse.php';
$client = new Packhouse(getenv('RPC_URL'), 'demo', getenv('KEY'));
$seen = [$client->call('order.info', '100000309')['unique_id']];
(new ReflectionProperty($client, 'session'))->setValue($client, str_repeat('0', 32));
$seen[] = $client->call('order.info', '100000309', '*')['state'];
try {
    $client->call('order.info', 'nothing');
} catch (PackhouseError $error) {
    $seen[] = [$error->getCode(), $error->getMessage()];
}
try {
    (new Packhouse(getenv('RPC_URL'), 'demo', 'wrong'))->call('order.info', '100000309');
} catch (PackhouseError $error) {
    $seen[] = $error->getCode();
}
try {
    (new Packhouse(getenv('NOBODY_URL'), 'demo', 'x'))->call('order.info', '100000309');
} catch (PackhouseError $error) {
    $seen[] = 'refused';
} catch (RuntimeException $error) {
    $seen[] = strtok($error->getMessage(), ':') . ': unreachable' . (str_contains($error->getMessage(), 'refused') ? '' : '?');
}
echo json_encode($seen);
`

const EXPECTED = ['100000309', 'processing', [-32100, 'Requested order does not exist.'], -32002]

describe('the example clients', function () {
  this.timeout(LIMIT_MS)
  let server: TestServer
  let url: string
  let key: string
  before(async () => {
    server = await startServer()
    url = `${server.url}/api/jsonrpc`
    key = server.credentials.rpc.api_key
  })
  after(() => server.stop())

  const seenBy = async (command: string, args: readonly string[]): Promise<unknown> => {
    const env = { ...process.env, FOLDER, RPC_URL: url, KEY: key, NOBODY_URL: 'http://127.0.0.1:1/' }
    const { stdout, stderr } = await run(command, args, { env, timeout: LIMIT_MS })
    expect(stderr).to.equal('')
    return JSON.parse(stdout)
  }
  const codeOf = async (refused: Promise<unknown>): Promise<unknown> => {
    try {
      return await refused
    } catch (error) {
      return error instanceof PackhouseError ? [error.code, error.message] : error
    }
  }

  it('in TypeScript call, log in again when the session ended, and have one kind of error', async () => {
    const call = connect(url, 'demo', key)
    const seen = [(await call('order.info', '100000309')).unique_id]
    await server.db('sessions').delete()
    seen.push((await call('order.info', '100000309', '*')).state)
    seen.push(await codeOf(call('order.info', 'nothing')))
    expect(seen).to.deep.equal(EXPECTED.slice(0, 3))
    const refused = await codeOf(connect(url, 'demo', 'wrong')('order.info', '100000309'))
    expect(refused).to.deep.equal([-32002, 'Access denied.'])
  })

  it('in Python do the same', async function () {
    requirePeer(this, 'python3', 'python3')
    expect(await seenBy('python3', ['-B', '-c', PYTHON])).to.deep.equal(EXPECTED)
  })

  it('in PHP do the same', async function () {
    requirePeer(this, 'php', 'php-cli')
    const strict = ['-d', 'display_errors=stderr', '-d', 'error_reporting=-1', '-d', 'html_errors=0']
    expect(await seenBy('php', [...strict, '-r', PHP])).to.deep.equal([...EXPECTED, 'http: unreachable'])
  })

  for (const name of ['packhouse.ts', 'packhouse.py', 'packhouse.php']) {
    it(`${name} has fewer than ${LINES_MAX} lines`, async () => {
      const text = await readFile(`${FOLDER}${name}`, 'utf8')
      expect(text.split('\n').length - 1).to.be.below(LINES_MAX)
    })
  }
})
