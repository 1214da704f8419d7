/**
 * Minor-unit digits of the active ISO 4217 currencies (list one, amendment 176).
 * A table of our own: ICU's digits differ from ISO's for HUF, IDR and others and change with Node.
 */
const byDigits: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN ' +
    'BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP ' +
    'GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT ' +
    'LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN ' +
    'NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE ' +
    'SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES ' +
    'WST XAD XCD XCG YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

/** Minor-unit digits by ISO 4217 code; frozen, held by a golden test. */
export const currencyDigits: Readonly<Record<string, number>> = Object.freeze(
  Object.fromEntries(
    Object.entries(byDigits).flatMap(([digits, codes]) =>
      codes.split(' ').map((code) => [code, Number(digits)]),
    ),
  ),
);

/** Minor-unit digits of an ISO 4217 code, or undefined for a code the ledger does not know. */
export function digitsOf(currency: string): number | undefined {
  return Object.hasOwn(currencyDigits, currency) ? currencyDigits[currency] : undefined;
}
