/** What may be done with a command of ZPL II: contracts/cloud-printing.md, section 4, "ZPL filter". */
export type ZplVerdict = 'kept' | 'removed' | 'refused'

/** They rename the command characters: nothing after them could be judged. */
const REFUSED = commands('^CC ~CC ^CD ~CD ^CT ~CT')

/**
 * What shapes a label and its handling, by the list of commands in the ZPL II Programming Guide. Left out, though the contract
 * doesn't name them: what is kept beyond the label (`^SC`, `^SS`, `^MF`, `^MW`, `^JT`, `^JW`, `~EG`, `~RO`), what makes the
 * printer talk (`~RV`, `~JD`), what starts, repeats or stops printing (`~PS`, `~PR`, `^PP`, `~JP`, `~JX`), and what changes
 * how it reads (`^SZ`).
 */
const KEPT = new Set([
  // Formats, and those that are stored for others to recall.
  ...commands('^XA ^XZ ^XB ^XF ^XG ^DF ~DG ^IL ^IM ^IS'),
  // Fields, their data and their place.
  ...commands('^FB ^FC ^FD ^FE ^FH ^FL ^FM ^FN ^FO ^FP ^FR ^FS ^FT ^FV ^FW ^FX ^SF ^SN ^SO ^TB'),
  // Text. `^A` is followed by the font's name.
  ...commands('^CF ^CI ^CV ^CW ^PA'),
  ...family('^A', '@0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'),
  // Symbols.
  ...family('^B', '012345789ABCDEFIJKLMOPQRSTUXYZ'),
  // Graphics.
  ...commands('^GB ^GC ^GD ^GE ^GF ^GS'),
  // The label and its stock.
  ...commands('^LH ^LL ^LR ^LS ^LT ^JM ^MC ^MD ^MM ^MN ^MT ^MU ^PM ^PO ^PW'),
  // How it is printed and handed over.
  ...commands('^CN ^CP ^JZ ^PF ^PH ~PH ^PN ^PQ ^PR ^SP ~SD ~TA'),
  // The tag in it.
  ...commands('^RB ^RF ^RL ^RM ^RQ ^RR ^RS ^RT ^RU ^RW ^RZ'),
])

/** `command` as a token has it. What isn't known is removed: it may be anything on the next model. */
export function judgeZpl(command: string): ZplVerdict {
  if (REFUSED.has(command)) return 'refused'
  return command === '' || KEPT.has(command) ? 'kept' : 'removed'
}

function commands(list: string): ReadonlySet<string> {
  return new Set(list.split(' '))
}

function family(start: string, letters: string): readonly string[] {
  return [...letters].map((letter) => start + letter)
}
