import type { Tabs } from './kept-commands.ts'

/** The tabs of this browser that pack: what a tab kept and couldn't send is another one's when it is gone. */

const CHANNEL = 'packhouse-tabs'
const ID_KEY = 'packhouse-tab'
/** Messages between tabs take some milliseconds; a busy machine takes longer. */
const ANSWER_MS = 400

type Message = { readonly asks: true } | { readonly lives: string }

/** Asks all others who they are, and answers them from now on. This tab's id is kept through a reload. */
export async function joinTabs(): Promise<Tabs> {
  const channel = new BroadcastChannel(CHANNEL)
  const others = new Set<string>()
  let own = ''
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if ('lives' in data) others.add(data.lives)
    else if (own !== '') channel.postMessage({ lives: own } satisfies Message)
  }
  channel.postMessage({ asks: true } satisfies Message)
  await new Promise((resolve) => setTimeout(resolve, ANSWER_MS))
  const kept = sessionStorage.getItem(ID_KEY)
  // A tab that was duplicated has the id of the first one.
  own = kept !== null && !others.has(kept) ? kept : crypto.getRandomValues(new Uint32Array(4)).join('-')
  sessionStorage.setItem(ID_KEY, own)
  return { own, others }
}
