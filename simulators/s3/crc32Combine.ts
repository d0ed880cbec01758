/** CRC32 of some bytes, and how many they are. */
export interface Crc32Piece {
  crc32: number;
  bytes: number;
}

/**
 * The CRC32 of pieces one after the other, from theirs alone. Behind a piece of n bytes the CRC so far counts as
 * if n zero bytes had followed it, which is a linear operation on its 32 bits: a matrix over GF(2), here an array
 * of the images of each bit. Squaring the matrix doubles the number of zeros.
 */
export function combineCrc32(pieces: Crc32Piece[]): number {
  const operators = new Map<number, Matrix>(); // parts are nearly all of one size
  let combined = 0;
  for (const { crc32, bytes } of pieces) {
    let zeros = operators.get(bytes);
    if (!zeros) {
      zeros = appendZeroBytes(bytes);
      operators.set(bytes, zeros);
    }
    combined = (apply(zeros, combined) ^ crc32) >>> 0;
  }
  return combined;
}

type Matrix = Uint32Array<ArrayBuffer>;

const POLYNOMIAL = 0xedb88320;

function appendZeroBytes(bytes: number): Matrix {
  let result = Uint32Array.from({ length: 32 }, (_, bit) => 2 ** bit);
  let power = oneZeroByte();
  for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = multiply(power, result);
    power = multiply(power, power);
  }
  return result;
}

function oneZeroByte(): Matrix {
  const oneBit = Uint32Array.from({ length: 32 }, (_, bit) => (bit === 0 ? POLYNOMIAL : 2 ** (bit - 1)));
  const twoBits = multiply(oneBit, oneBit);
  const fourBits = multiply(twoBits, twoBits);
  return multiply(fourBits, fourBits);
}

function multiply(a: Matrix, b: Matrix): Matrix {
  return b.map((image) => apply(a, image));
}

function apply(matrix: Matrix, vector: number): number {
  let result = 0;
  for (let bit = 0, rest = vector; rest !== 0; bit++, rest >>>= 1) {
    if (rest & 1) result ^= matrix[bit] ?? 0;
  }
  return result >>> 0;
}
