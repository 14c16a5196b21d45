import type { FromSchema } from 'json-schema-to-ts'
import { nullableString, nullableTime, type RestSchema } from './rest-values.ts'

/** Templates of receipts: contracts/thermal.md, section 9. Their members are read in any letter case. */
export const thermalTemplateQuery = {
  type: 'object',
  properties: {
    version: {
      type: 'integer',
      minimum: 0,
      maximum: 2_147_483_647,
      description: 'An older one; 0: the default',
    },
    language: { enum: ['es', 'en'], description: 'Of a default' },
  },
} as const satisfies RestSchema

export type ThermalTemplateQuery = FromSchema<typeof thermalTemplateQuery>

const template = {
  type: 'object',
  description: '`DocumentType`, `Sections`; what is wrong with it is told in words',
} as const satisfies RestSchema

export const thermalTemplateBody = {
  title: 'NewThermalTemplate',
  type: 'object',
  required: ['template'],
  properties: { template },
  examples: [
    {
      template: {
        DocumentType: 'ticket_venta',
        Sections: [{ Type: 'Static', Elements: [{ Label: 'Total: ', Source: 'Total', Format: 'Bold' }] }],
      },
    },
  ],
} as const satisfies RestSchema

export const thermalPreviewBody = {
  title: 'ThermalPreview',
  type: 'object',
  description:
    '`Document`, perhaps `Images`, `Barcodes`, `QRs`, `Template`, `PrinterId`, `PaperWidthMm`, as lenient as a print job',
  examples: [{ Document: { Number: 'FAC-001234', Total: 3.5 }, PaperWidthMm: 58 }],
} as const satisfies RestSchema

export const thermalTemplateAnswer = {
  title: 'ThermalTemplate',
  type: 'object',
  required: ['object', 'document_type', 'version', 'is_default', 'template', 'updated_at', 'updated_by'],
  properties: {
    object: { const: 'thermal_template' },
    document_type: { type: 'string' },
    version: { type: 'integer', description: '0: a default' },
    is_default: { type: 'boolean' },
    template: { type: 'object' },
    updated_at: nullableTime,
    updated_by: nullableString,
  },
  examples: [
    {
      object: 'thermal_template',
      document_type: 'ticket_venta',
      version: 3,
      is_default: false,
      template: { DocumentType: 'ticket_venta', Sections: [] },
      updated_at: '2026-11-25T08:30:00.000Z',
      updated_by: 'key_0a1B2c3D4e5F6g7H8i9J0k',
    },
  ],
} as const satisfies RestSchema

export type ThermalTemplateAnswer = FromSchema<typeof thermalTemplateAnswer>
