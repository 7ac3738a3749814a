// What a revocation list costs: read with its signature, held, asked; beside libcrypto's own objects of the same octets.
#pragma once

#include <cstddef>

namespace domsec::bench {

struct ListCost {
  double ours = 0;             // milliseconds: read, index, signature verified once
  double libcrypto = 0;        // milliseconds: d2i, the first look (sorts), signature
  double ours_memory = 0;      // KiB
  double libcrypto_memory = 0; // KiB
  double hit = 0;              // nanoseconds a look-up, serials in no order
  double miss = 0;
  double state = 0;            // nanoseconds: the whole answer about one certificate, every rule asked
  double libcrypto_again = 0;  // milliseconds: what libcrypto repeats in every handshake (the signature)
};

[[nodiscard]] ListCost measure_list(std::size_t entries);

}  // namespace domsec::bench
