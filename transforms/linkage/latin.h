// Names in Latin letters, so that records in two scripts can be compared. Pure; any thread.
//
// Sources: Han by ICU's Han-Latin/Names (Mandarin); kana after Hepburn; Hangul by the Revised Romanisation of
// Korean (2000); Cyrillic by the common ground of passports (ICAO 9303), BGN/PCGN and ISO 9.
#pragma once

#include <string>
#include <string_view>

namespace crossbill::linkage {

// A folded name (Fold) in the letters a to z. What different schemes write differently for one letter of
// another script is written one way, also in names that are in Latin letters already: "щербосов",
// "shcherbosov" and "scerbosov" are "scerbosov". The words of a name in Han or Hangul are joined.
std::string LatinOf(std::string_view folded);

}  // namespace crossbill::linkage
