/** What must hold whatever the times are: held against what the peers received and the callers were answered. */
import { join } from 'node:path'
import { type Finding, finding } from './finding.ts'
import type { Floor, FloorResult } from './floor.ts'
import { judgeEvents, judgeWebhook } from './judge-events.ts'
import { judgeMemory } from './judge-memory.ts'
import { judgeOrders } from './judge-orders.ts'
import { collectVirtual, judgePaper } from './judge-paper.ts'
import type { LoadServer } from './servers.ts'
import type { Timings } from './timings.ts'

/** Ends what the floor has open. */
export async function judge(
  floor: Floor,
  ran: FloorResult & { readonly servers: readonly LoadServer[] },
): Promise<readonly Finding[]> {
  const { load, dataDir, receiver, workspace, timings, paper, clicks, watch } = floor
  const { events, storm, servers } = ran
  const { supervisor, connectors, webhookId } = workspace
  await collectVirtual(join(dataDir, 'virtual-printers'), workspace.virtualPrinters, paper)
  workspace.ippPrinters.collect(paper)
  const findings = [
    { rule: 'every job ends', isKept: ran.openJobs === 0, detail: `${ran.openJobs} open` },
    ...(await judgePaper({ ...{ paper, supervisor, jobIds: clicks.jobIds }, cutMidway: storm.cutMidway })),
    ...(await judgeOrders(clicks, { connectors, packers: workspace.packers.map(({ user }) => user) })),
    ...(await judgeEvents(events, clicks)),
    ...(await judgeWebhook(receiver, { streamed: events.tally, clicks, supervisor, webhookId })),
    finding(
      'every station client comes back',
      `${load.stormClients} clients`,
      storm.absent > 0 ? [`${storm.absent} absent`] : [],
    ),
  ]
  await events.stop()
  await Promise.all([workspace.sinks.close(), workspace.ippPrinters.close(), receiver.close()])
  return [
    ...findings,
    ...judgeAnswers(timings, servers),
    ...watch.servers.flatMap((server, index) =>
      judgeMemory(
        { ...server, stormClients: load.stormClients },
        servers.length > 1 ? `, server ${index + 1}` : '',
      ),
    ),
  ]
}

/** A trouble that is a defect wherever it was met: a station client asks again whatever it is answered. */
const DEFECT = /HTTP (?!409\b|429\b|503\b)[1-9]/

function judgeAnswers(timings: Timings, servers: readonly LoadServer[]): readonly Finding[] {
  const isBusy = (requestId: string) => servers.some(({ log }) => log.isBusy(requestId))
  const internal = [...timings.internalAnswers].filter(([requestId]) => !isBusy(requestId))
  return [
    finding('no call is refused or given up', 'however long it took', timings.refused),
    finding(
      'no answer is a defect',
      `${timings.internalAnswers.size - internal.length} times fault 1 of a busy server`,
      [
        ...internal.map(([requestId, name]) => `${name}: fault 1, request ${requestId}`),
        ...timings
          .troubles()
          .filter(([what]) => DEFECT.test(what))
          .map(([what, count]) => `${what}, ${count} times`),
      ],
    ),
    finding(
      "no server's log has an error",
      `${servers.length} logs`,
      servers.flatMap(({ log }) => log.errors),
    ),
  ]
}
