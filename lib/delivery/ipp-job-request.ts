import type { Delivery, DeliveryPaper } from './driver.ts'
import { type IppClient, type IppJobRequest, jobNameAtPrinter } from './ipp-client.ts'
import { MEDIA_SIZE_ATTRIBUTES, mediaCollection, mediaKeyword } from './ipp-media.ts'
import { attribute, groupOf, type IppAttribute } from './ipp-message.ts'
import type { IppPrinterDescription } from './ipp-printer-description.ts'
import { GROUP } from './ipp-tags.ts'

/** The job in the printer's own words. Only what it lists is asked for: what isn't, it would ignore or refuse. */
export async function toJobRequest(
  client: IppClient,
  delivery: Delivery,
  { description, signal }: { readonly description: IppPrinterDescription; readonly signal: AbortSignal },
): Promise<IppJobRequest> {
  const { copies, sides, colorMode, paper } = delivery
  const template: IppAttribute[] = []
  if (description.hasCopies) template.push(attribute('copies', copies))
  if (description.sides.includes(sides)) template.push(attribute('sides', sides))
  if (description.colorModes.includes(colorMode)) template.push(attribute('print-color-mode', colorMode))
  const media = paper && (await mediaFor(client, paper, { description, signal }))
  if (media) template.push(media)
  return {
    jobName: jobNameAtPrinter(delivery.jobName, delivery.jobId),
    userName: delivery.userName,
    mediaType: delivery.mediaType,
    template,
  }
}

/** A keyword or a size, never both: RFC 8011 and PWG 5100.7 let a printer refuse that. */
async function mediaFor(
  client: IppClient,
  paper: DeliveryPaper,
  { description, signal }: { readonly description: IppPrinterDescription; readonly signal: AbortSignal },
): Promise<IppAttribute | undefined> {
  const { media } = description
  const keyword = mediaKeyword(media, paper)
  if (keyword !== undefined) return attribute('media', keyword)
  if (!media.takesSizes) return undefined
  // Some hundred kilobytes at large printers: asked for only when no name fits.
  const sizes = await client.getPrinterAttributes(MEDIA_SIZE_ATTRIBUTES, signal)
  return mediaCollection(media, groupOf(sizes, GROUP.printer), paper)
}
