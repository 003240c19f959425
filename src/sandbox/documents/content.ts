import type { RouteScenario } from '../api/scenarios.js';
import { ISSUED_FILES, PERSONA, type IssuedFile } from '../person.js';
import { createJpeg } from './jpeg.js';
import { createPdf } from './pdf.js';

/** Plainly no photograph of anybody. */
const PORTRAIT = [
  '                ',
  '     ######     ',
  '    ########    ',
  '   ##......##   ',
  '   #........#   ',
  '   #.+o..o+.#   ',
  '   #........#   ',
  '   #...oo...#   ',
  '    #......#    ',
  '    #.+##+.#    ',
  '     #....#     ',
  '      #..#      ',
  '    oo+..+oo    ',
  '  oooo+++++ooo  ',
  ' oooooo++oooooo ',
  ' oooooooooooooo ',
];

const SPECIMEN = 'SPECIMEN. Made by a sandbox, of nobody, and issued by no authority.';

// In base64 more than 32 MiB, which is what a client may be expected to take.
const HUGE_BYTES = 25 * 1024 * 1024;

/** What a download of a document holds, in base64. */
export function fileContent(file: IssuedFile, scenario: RouteScenario | null): string {
  return encode(file.type === 'jpeg' ? createJpeg(PORTRAIT) : documentPdf(file), scenario);
}

export function photo(scenario: RouteScenario | null): string {
  return encode(createJpeg(PORTRAIT), scenario);
}

export function aadhaarPdf(scenario: RouteScenario | null): string {
  return encode(documentPdf(ISSUED_FILES[0]), scenario);
}

export function aadhaarXml(scenario: RouteScenario | null): string {
  const { name, dob, gender, aadhaar } = PERSONA;
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<!-- ${SPECIMEN} -->
<Certificate name="Aadhaar Card" type="ADHAR" status="A">
  <CertificateData>
    <KycRes ret="Y">
      <UidData uid="${aadhaar.replaceAll(' ', '')}">
        <Poi dob="${dob}" gender="${gender}" name="${name}"/>
        <Poa co="C/O Nobody" house="0" street="No Street" vtc="Nowhere" dist="Nowhere" state="Nowhere" country="India" pc="000000"/>
        <Pht>${createJpeg(PORTRAIT).toString('base64')}</Pht>
      </UidData>
    </KycRes>
  </CertificateData>
</Certificate>
`;
  return encode(Buffer.from(xml), scenario);
}

function documentPdf({ name, number, issuer, date }: IssuedFile): Buffer {
  const { name: holder, dob } = PERSONA;
  return createPdf([
    name,
    SPECIMEN,
    '',
    `Name: ${holder}`,
    `Date of birth: ${dob}`,
    `Number: ${number}`,
    `Issuer: ${issuer}`,
    `Issued: ${date}`,
  ]);
}

function encode(bytes: Buffer, scenario: RouteScenario | null): string {
  if (scenario === 'bad-base64') return `${bytes.toString('base64').slice(0, 40)}*this is no base64*`;
  if (scenario === 'wrong-type') return Buffer.from('GIF89a, which is no document').toString('base64');
  if (scenario === 'huge-file')
    return Buffer.concat([bytes, Buffer.alloc(HUGE_BYTES, '\n')]).toString('base64');
  return bytes.toString('base64');
}
