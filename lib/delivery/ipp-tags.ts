/** Delimiter tags that begin a group of attributes: RFC 8010, section 3.5.1, and IANA's registry. */
export const GROUP = {
  operation: 0x01,
  job: 0x02,
  printer: 0x04,
  unsupported: 0x05,
  subscription: 0x06,
  eventNotification: 0x07,
  resource: 0x08,
  document: 0x09,
  system: 0x0a,
} as const

export const END_OF_ATTRIBUTES = 0x03
/** Tags below this one delimit groups, the others begin a value. */
export const FIRST_VALUE_TAG = 0x10
export const END_COLLECTION = 0x37
export const MEMBER_NAME = 0x4a

/** Value tags, RFC 8010, section 3.5.2; `collection` is the standard's begCollection. */
export const VALUE_TAGS = {
  unsupported: 0x10,
  default: 0x11,
  unknown: 0x12,
  'no-value': 0x13,
  'not-settable': 0x15,
  'delete-attribute': 0x16,
  'admin-define': 0x17,
  integer: 0x21,
  boolean: 0x22,
  enum: 0x23,
  octetString: 0x30,
  dateTime: 0x31,
  resolution: 0x32,
  rangeOfInteger: 0x33,
  collection: 0x34,
  textWithLanguage: 0x35,
  nameWithLanguage: 0x36,
  textWithoutLanguage: 0x41,
  nameWithoutLanguage: 0x42,
  keyword: 0x44,
  uri: 0x45,
  uriScheme: 0x46,
  charset: 0x47,
  naturalLanguage: 0x48,
  mimeMediaType: 0x49,
} as const

/**
 * The tag of every attribute that we send. Guessing it from the value is how other encoders come to send `media` as a
 * name, which printers refuse.
 */
export const ATTRIBUTE_TAGS = {
  'attributes-charset': 'charset',
  'attributes-natural-language': 'naturalLanguage',
  'printer-uri': 'uri',
  'job-id': 'integer',
  'job-name': 'nameWithoutLanguage',
  'requesting-user-name': 'nameWithoutLanguage',
  'document-format': 'mimeMediaType',
  'last-document': 'boolean',
  'requested-attributes': 'keyword',
  'which-jobs': 'keyword',
  limit: 'integer',
  'ipp-attribute-fidelity': 'boolean',
  copies: 'integer',
  sides: 'keyword',
  'print-color-mode': 'keyword',
  'print-quality': 'enum',
  'print-scaling': 'keyword',
  'printer-resolution': 'resolution',
  'orientation-requested': 'enum',
  'page-ranges': 'rangeOfInteger',
  media: 'keyword',
  'media-col': 'collection',
  'media-size': 'collection',
  'media-type': 'keyword',
  'x-dimension': 'integer',
  'y-dimension': 'integer',
} as const
