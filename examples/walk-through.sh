#!/usr/bin/env bash
# The walk-through of README.md against a running server: from a packing instruction to the printed label.
# Run it from the project's folder. CREDENTIALS names the server's credentials.json if that isn't in DATA_DIR or ./data.
set -euo pipefail

say() { printf '\n== %s\n' "$*" >&2; }

say 'Where the server is, and its keys'
keys=${CREDENTIALS:-${DATA_DIR:-data}/credentials.json}
value() { node -p "JSON.parse(fs.readFileSync(0)).$1"; }
show() { node -p "JSON.stringify(JSON.parse(fs.readFileSync(0)), null, 2)"; }
url=$(value base_url <"$keys")/api/jsonrpc

say 'The integrator logs in'
session=$(curl -sS "$url" -d @- <<JSON | value result
{"jsonrpc": "2.0", "id": 1, "method": "login",
 "params": ["demo", "$(value rpc.api_key <"$keys")"]}
JSON
)

say 'and attaches a label to order 100000309'
label=$(node -p "fs.readFileSync('examples/amazon-fba-label.pdf', 'base64')")
created=$(curl -sS "$url" -d @- <<JSON
{"jsonrpc": "2.0", "id": 2, "method": "call", "params": ["$session", "order_instruction.create", [
  "100000309", "Place Amazon FBA Label in a pouch",
  {"file_name": "amazon_fba_3425232.pdf", "file_content": "$label",
   "presentation": "once_per_shipment", "print_target": "LABEL"}]]}
JSON
)
echo "$created" | show
instruction=$(value result.instruction_id <<<"$created")

say 'The packer logs in and scans a package'
packer=$(curl -sS "$url" -d @- <<JSON | value result
{"jsonrpc": "2.0", "id": 3, "method": "login",
 "params": ["packer", "$(value packer.api_key <"$keys")"]}
JSON
)
curl -sS "$url" -d @- <<JSON | show
{"jsonrpc": "2.0", "id": 4, "method": "call", "params": ["$packer", "packing.open", [
  "100000020-1", {"station_id": "STATION_001"}]]}
JSON

say 'The packer confirms the instruction, which prints its file'
confirmed=$(curl -sS "$url" -d @- <<JSON
{"jsonrpc": "2.0", "id": 5, "method": "call", "params": ["$packer", "packing.confirm", [
  $instruction, "100000020-1", {"station_id": "STATION_001"}]]}
JSON
)
echo "$confirmed" | show
job=$(value result.print_job.id <<<"$confirmed")

say 'The integrator sees the copy as soon as it is printed'
for try in $(seq 50); do
  listed=$(curl -sS "$url" -d @- <<JSON
{"jsonrpc": "2.0", "id": 6, "method": "call", "params": ["$session", "order_instruction.list", ["100000309"]]}
JSON
  )
  copies=$(value "result.find((one) => one.instruction_id === $instruction).copies_printed" <<<"$listed")
  if [ "$copies" = 1 ]; then break; fi
  sleep 0.2
done
echo "$listed" | show

say 'What the virtual printer kept'
ls "$(dirname "$keys")/virtual-printers/Label/$job."*

if [ "$copies" != 1 ]; then
  echo "the label was not printed within 10 s" >&2
  exit 1
fi
