import { expect } from 'chai'
import { type Command, COMMAND_CODES, readCommandCode } from '../../web/pack/command.ts'
import { COMMANDS_MAX, CommandQueue, type QueueOptions } from '../../web/pack/command-queue.ts'
import { gatherCommands } from '../../web/pack/kept-commands.ts'

const open = (code: string): Command => ({ kind: 'open', code, stationId: '' })

/** A server that can be taken away, and the memory of a tab. */
function makeFloor() {
  const memory = new Map<string, string>()
  const floor = {
    isThere: true,
    asked: [] as string[],
    again: [] as boolean[],
    queue: (more: Partial<QueueOptions> = {}) =>
      new CommandQueue({
        run: (command, isAgain) => {
          floor.asked.push(command.kind === 'open' ? command.code : command.kind)
          floor.again.push(isAgain)
          return Promise.resolve(floor.isThere ? 'done' : 'later')
        },
        storage: {
          getItem: (key) => memory.get(key) ?? null,
          setItem: (key, value) => void memory.set(key, value),
          removeItem: (key) => void memory.delete(key),
        },
        key: 'queue',
        onChange: () => undefined,
        ...more,
      }),
    memory,
  }
  return floor
}

describe('what a packer asks for while the connection is lost', () => {
  it('waits in its order, and is done in it when the connection is back', async () => {
    const floor = makeFloor()
    floor.isThere = false
    const queue = floor.queue()
    for (const code of ['A', 'B', 'C']) expect(queue.push(open(code))).to.equal('taken')
    await queue.run()
    expect(queue.waiting).to.have.length(3)
    floor.isThere = true
    floor.asked = []
    floor.again = []
    await queue.run()
    expect(floor.asked).to.deep.equal(['A', 'B', 'C'])
    expect(floor.again).to.deep.equal([true, false, false])
    expect(queue.waiting).to.deep.equal([])
  })

  it('is asked for once, however often it is scanned', () => {
    const floor = makeFloor()
    floor.isThere = false
    const queue = floor.queue()
    const confirm: Command = { kind: 'confirm', packageId: 'p', instructionId: 1, revision: 1, stationId: '' }
    expect(queue.push(confirm)).to.equal('taken')
    expect(queue.push({ ...confirm })).to.equal('known')
    expect(queue.push({ ...confirm, revision: 2 })).to.equal('taken')
  })

  it('ends with the package that was scanned last, also when it was scanned before', () => {
    const floor = makeFloor()
    floor.isThere = false
    const queue = floor.queue()
    for (const code of ['A', 'B', 'A']) expect(queue.push(open(code))).to.equal('taken')
    expect(queue.push(open('A'))).to.equal('known')
    expect(queue.waiting.map(({ command }) => command)).to.deep.equal([open('A'), open('B'), open('A')])
  })

  it('has a limit, and what is beyond it is refused rather than forgotten', () => {
    const floor = makeFloor()
    floor.isThere = false
    const queue = floor.queue()
    for (let count = 0; count < COMMANDS_MAX; count += 1) queue.push(open(String(count)))
    expect(queue.push(open('one more'))).to.equal('full')
    expect(queue.waiting).to.have.length(COMMANDS_MAX)
  })

  it('outlives a reload of the page, and says that it may have been done', async () => {
    const floor = makeFloor()
    floor.isThere = false
    const queue = floor.queue()
    queue.push(open('A'))
    await queue.run()
    const reloaded = floor.queue()
    expect(reloaded.waiting).to.deep.equal([{ command: open('A'), isAsked: true }])
  })

  it('is not done by a tab that was asleep when another one took it over', async () => {
    const floor = makeFloor()
    floor.isThere = false
    const queue = floor.queue()
    queue.push(open('A'))
    await queue.run()
    floor.memory.delete('queue')
    floor.isThere = true
    floor.asked = []
    await queue.run()
    expect(floor.asked).to.deep.equal([])
    expect(queue.waiting).to.deep.equal([])
    expect(queue.push(open('B'))).to.equal('taken')
  })

  it('is done by a browser that keeps nothing, too', async () => {
    const floor = makeFloor()
    const full = () => {
      throw new Error('QuotaExceededError')
    }
    const storage = { getItem: () => null, setItem: full, removeItem: full }
    floor.isThere = false
    const queue = floor.queue({ storage })
    queue.push(open('A'))
    await queue.run()
    floor.isThere = true
    await queue.run()
    expect(floor.again).to.deep.equal([false, true, true].slice(0, floor.again.length))
    expect(floor.asked.at(-1)).to.equal('A')
    expect(queue.waiting).to.deep.equal([])
  })

  it('begins empty when the memory of the tab holds nothing that can be read', () => {
    for (const kept of ['', 'x', '{}', 'null', '5']) {
      const floor = makeFloor()
      floor.memory.set('queue', kept)
      expect(floor.queue().waiting, kept).to.deep.equal([])
    }
  })
})

describe('what tabs that are gone have left', () => {
  const memoryOf = (kept: Readonly<Record<string, readonly unknown[]>>) => {
    const memory = new Map(Object.entries(kept).map(([key, waiting]) => [key, JSON.stringify(waiting)]))
    const storage = {
      get length() {
        return memory.size
      },
      key: (index: number) => [...memory.keys()][index] ?? null,
      getItem: (key: string) => memory.get(key) ?? null,
      setItem: (key: string, value: string) => void memory.set(key, value),
      removeItem: (key: string) => void memory.delete(key),
    }
    return { memory, storage }
  }
  const one = (code: string, isAsked = false) => ({ command: open(code), isAsked })

  it('is taken over by the next tab of the same user, and counts as asked', () => {
    const { memory, storage } = memoryOf({
      'packhouse-commands-usr_1-gone': [one('A')],
      'packhouse-commands-usr_1-own': [one('B')],
      'packhouse-commands-usr_1-alive': [one('C')],
      'packhouse-commands-usr_2-gone': [one('D')],
    })
    const key = gatherCommands(storage, 'usr_1', { own: 'own', others: new Set(['alive']) })
    expect(key).to.equal('packhouse-commands-usr_1-own')
    expect(JSON.parse(memory.get(key) ?? '')).to.deep.equal([one('A', true), one('B')])
    expect([...memory.keys()].toSorted()).to.deep.equal([
      'packhouse-commands-usr_1-alive',
      'packhouse-commands-usr_1-own',
      'packhouse-commands-usr_2-gone',
    ])
  })

  it('stays where it is when it does not fit', () => {
    const many = Array.from({ length: COMMANDS_MAX }, (_, index) => one(String(index)))
    const { memory, storage } = memoryOf({
      'packhouse-commands-usr_1-gone': many,
      'packhouse-commands-usr_1-own': [one('B')],
    })
    gatherCommands(storage, 'usr_1', { own: 'own', others: new Set() })
    expect(JSON.parse(memory.get('packhouse-commands-usr_1-gone') ?? '')).to.have.length(COMMANDS_MAX)
    expect(JSON.parse(memory.get('packhouse-commands-usr_1-own') ?? '')).to.have.length(1)
  })
})

describe('the printed codes', () => {
  it('name one command each, in either case, and no package', () => {
    for (const [command, code] of Object.entries(COMMAND_CODES)) {
      expect(readCommandCode(code)).to.equal(command)
      expect(readCommandCode(` ${code.toLowerCase()} `)).to.equal(command)
    }
    for (const code of ['', 'PACKHOUSE', '100000020-1', 'constructor', 'PACKHOUSE-CONFIRM-2']) {
      expect(readCommandCode(code), code).to.equal(null)
    }
  })
})
