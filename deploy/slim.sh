#!/bin/sh
# slim.sh NODE_MODULES: takes out of installed packages what the image never reads. Every licence and notice stays.
# npm can't: --omit=optional would also leave out the platform's own part of sharp and of esbuild, which are needed.
set -eu
cd "$1"

# keep FOLDER FILE…: of a package, those files, its manifest and its licences.
keep() {
  folder=$1
  shift
  found=$(for file in "$@" package.json; do echo "$folder/$file"; done)
  find "$folder" -type f ! -iname '*licen[cs]e*' ! -iname 'notice*' | grep -vxF "$found" | tr '\n' '\0' | xargs -0 rm -f
}

# drop FOLDER…: all but the licences, which speak of code that is elsewhere in the package, too.
drop() {
  find "$@" -type f ! -iname '*licen[cs]e*' ! -iname 'notice*' -exec rm -f {} +
}

# The image is for a PostgreSQL of its own, in another container or elsewhere.
rm -rf @embedded-postgres
# An optional peer of a reader of configuration files, which reads none here.
rm -rf typescript .bin/tsc .bin/tsserver
# What browsers, editors and bundlers take. Both kinds of modules stay: a worker thread takes those of require.
keep @picocss/pico css/pico.css
keep swagger-ui-dist index.js absolute-path.js swagger-ui.css swagger-ui-bundle.js
keep bwip-js dist/bwip-js-node.mjs dist/bwipp.mjs dist/bwip-js-node.js
keep @hyzyla/pdfium dist/index.esm.js dist/index.cjs dist/pdfium.wasm
drop pdf-lib/dist pdf-lib/src pdf-lib/ts3.4
drop zxing-wasm/dist/*/full zxing-wasm/dist/*/writer zxing-wasm/dist/full zxing-wasm/dist/writer \
  zxing-wasm/dist/iife zxing-wasm/dist/miniprogram
find . -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' \) -exec rm -f {} +
find . -depth -type d -empty -delete
