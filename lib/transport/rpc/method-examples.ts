/** Answers that several methods' examples share: those of the demo workspace. */
export const INSTRUCTION_EXAMPLE = {
  instruction_id: 1,
  order_id: 1,
  unique_id: '100000309',
  note: 'Place Amazon FBA Label in a pouch',
  file_name: 'amazon_fba_3425232.pdf',
  presentation: 'once_per_shipment',
  print_target: 'LABEL',
  copies_printed: '0',
  confirmations: [],
}

export const ORDER_EXAMPLE = { order_id: 1, unique_id: '100000309', order_ref: null }

export const ORDER_SUMMARY_EXAMPLE = {
  order_id: 2,
  unique_id: '100000001',
  order_ref: 'WEB-1001',
  state: 'new',
  status: 'new',
  store_code: null,
  shipping_method: null,
  priority: 50,
  note: null,
  custom_greeting: null,
  requested_ship_date: null,
  custom_fields: null,
  total_item_count: '2.0000',
  created_at: '2026-11-25T18:17:38+00:00',
  updated_at: '2026-11-25T18:17:38+00:00',
}

const PACKAGE_REFERENCE = {
  package_id: '100000020-1',
  shipment_id: '100000020',
  order_unique_id: '100000309',
}

export const PACKAGE_EXAMPLE = { ...PACKAGE_REFERENCE, order_ref: null }

export const SHIPMENT_EXAMPLE = { shipment_id: '100000020', order_unique_id: '100000309', order_ref: null }

export const SHIPMENT_DETAILS_EXAMPLE = {
  ...SHIPMENT_EXAMPLE,
  order_id: 1,
  warehouse_id: 1,
  store_code: null,
  status: 'new',
  shipment_type: 'parcel',
  created_at: '2026-11-25T18:17:38+00:00',
  updated_at: '2026-11-25T18:17:38+00:00',
  packed_at: null,
  shipping_address: {},
  items: [],
  packages: [
    {
      ...PACKAGE_EXAMPLE,
      package_status: 'packing',
      warehouse_id: 1,
      created_at: '2026-11-25T18:17:38+00:00',
      updated_at: '2026-11-25T18:17:38+00:00',
      packed_at: null,
      shipped_at: null,
      delivered_at: null,
      items: [],
      tracking_numbers: [],
    },
  ],
  tracking_numbers: [],
  serial_number_data: [],
}

export const PACKING_PACKAGE_EXAMPLE = { ...PACKAGE_REFERENCE, status: 'packing' }

export const OCCURRENCE_EXAMPLE = {
  instruction_id: 1,
  revision: 1,
  note: 'Place Amazon FBA Label in a pouch',
  file_name: 'amazon_fba_3425232.pdf',
  presentation: 'once_per_shipment',
  print_target: 'LABEL',
  state: 'due',
  because: 'first package of shipment 100000020, and nobody has confirmed it',
  confirmation: null,
  print_job: null,
}

export const CONFIRMED_EXAMPLE = {
  ...OCCURRENCE_EXAMPLE,
  state: 'confirmed',
  because: 'confirmed for package 100000020-1 by packer at 2026-11-25T18:17Z',
  confirmation: {
    confirmed_id: '1',
    confirmed_at: '2026-11-25T18:17:38+00:00',
    confirmed_by: 'packer',
    station_id: 'prnt_stn_MyZ7uumEcNlqc6hl0CS2a0',
    package_id: '100000020-1',
    revision: 1,
  },
  print_job: {
    id: 'prnt_job_Nn0kOlHe8vBa8YAFbcyPwQ',
    status: 'queued',
    reason: null,
    printer: { id: '01a213ed-61bb-76bd-b477-599d45c1465a', name: 'Label', model: null },
    pages: 1,
  },
}

export const PRINT_JOB_EXAMPLE = {
  object: 'print_job',
  id: 'prnt_job_Nn0kOlHe8vBa8YAFbcyPwQ',
  name: 'packing-slip.pdf',
  status: 'queued',
  reason: null,
  data_url:
    'https://packhouse.example/v1/documents/doc_R4xk9LmQz2VtB7nYwC3pHs?expires=1795634258&signature=9f2c',
  data_type: 'application/pdf',
  resource_type: null,
  resource_id: null,
  resource_document: null,
  location_id: 'loc_5nX0c7Yd2kQmR8vTb3LzWp',
  station: {
    id: 'prnt_stn_MyZ7uumEcNlqc6hl0CS2a0',
    name: 'Station-001',
    display_name: 'Station-001',
  },
  printer: { id: '01a213ed-61bb-76bd-b477-599d45c1465a', name: 'Laser', model: null },
  options: {
    paper_size: 'page_size_letter',
    copies: 1,
    total_pages: 1,
    orientation: 'portrait',
    color_print: false,
    double_sided: false,
    print_all_pages: true,
    pages_to_print: null,
    reverse_order: false,
    scaling: null,
  },
  created_at: '2026-11-25T18:17:38.000Z',
  updated_at: '2026-11-25T18:17:38.000Z',
  created_by: 'usr_ATsLx0wmqJJRjhzvcMCmGs',
  updated_by: 'usr_ATsLx0wmqJJRjhzvcMCmGs',
  expires_at: '2026-12-09T18:17:38.000Z',
  reprint_of: null,
  reprint_reason: null,
  warnings: [],
  state_reasons: [],
  claim: null,
}
