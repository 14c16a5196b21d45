import sharp from 'sharp'

export interface Pixels {
  readonly width: number
  readonly height: number
  /** Red, green and blue, from the top left. */
  at(x: number, y: number): number[]
}

export async function pixelsOf(picture: Uint8Array): Promise<Pixels> {
  const { data, info } = await sharp(picture)
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return {
    width: info.width,
    height: info.height,
    at(x, y) {
      const offset = (y * info.width + x) * info.channels
      return [...data.subarray(offset, offset + 3)]
    },
  }
}
