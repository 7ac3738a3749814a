#include "domsec/pki/chain_file.h"

#include "pem_content.h"

namespace domsec::pki {
namespace {

using Kind = BundleError::Kind;

constexpr std::size_t most_blocks = 10'000;

bool is_key(const PemBlock& block) {
  return block.label.ends_with("PRIVATE KEY");
}

std::string block_text(std::size_t number, const std::string& name) {
  return name + ": PEM block " + std::to_string(number);
}

BundleError lonely_key(std::size_t number, const std::string& name) {
  return {Kind::no_certificate,
          block_text(number, name) +
              " is a private key without its certificate behind it: write each key, then its "
              "certificate, then the intermediates"};
}

/// A single chain with its key at the end.
bool key_comes_last(const std::vector<PemBlock>& blocks) {
  for (std::size_t i = 0; i + 1 < blocks.size(); ++i) {
    if (is_key(blocks[i])) return false;
  }
  return blocks.size() > 1 && is_key(blocks.back());
}

void require_own_certificate(const Credentials& credentials, std::size_t number, const std::string& name) {
  if (belongs_to(credentials.key, *credentials.chain.front())) return;
  throw BundleError(Kind::key_mismatch,
                    block_text(number, name) + " is a private key (" + credentials.key.algorithm +
                        "), and the certificate of " + credentials.chain.front()->subject + " (" +
                        credentials.chain.front()->key_algorithm +
                        ") is not its own: write the key directly before its certificate");
}

/// A key and how far down the file it stands.
struct Place {
  std::size_t number = 0;
  Credentials credentials;
};

std::vector<Place> chains_in_order(const std::vector<PemBlock>& blocks, const std::string& name,
                                   const std::optional<std::string>& pass_phrase) {
  std::vector<Place> places;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (is_key(blocks[i])) {
      if (!places.empty() && places.back().credentials.chain.empty())
        throw lonely_key(places.back().number, name);
      places.push_back({i + 1, {{}, private_key_of(blocks[i], name, pass_phrase)}});
      continue;
    }
    const Chain chain = certificates_of(blocks[i], i + 1, name);
    if (chain.empty()) continue;  // parameters
    if (places.empty()) {
      throw BundleError(Kind::key_missing,
                        block_text(i + 1, name) +
                            " is a certificate without its private key before it: write the key "
                            "first, then its certificate, then the intermediates");
    }
    Chain& into = places.back().credentials.chain;
    into.insert(into.end(), chain.begin(), chain.end());
  }
  return places;
}

}  // namespace

std::vector<Credentials> read_chain_file(std::string_view bytes, const std::string& name,
                                         const std::optional<std::string>& pass_phrase) {
  require_pem_or_der(bytes, name);
  std::vector<PemBlock> blocks = pem_blocks(bytes, name, most_blocks);
  if (key_comes_last(blocks)) {
    blocks.insert(blocks.begin(), std::move(blocks.back()));
    blocks.pop_back();
  }
  std::vector<Credentials> chains;
  for (Place& place : chains_in_order(blocks, name, pass_phrase)) {
    if (place.credentials.chain.empty()) throw lonely_key(place.number, name);
    require_own_certificate(place.credentials, place.number, name);
    chains.push_back(std::move(place.credentials));
  }
  if (chains.empty()) {
    throw BundleError(Kind::key_missing,
                      name +
                          " holds neither a private key nor a certificate in PEM: write each key, "
                          "then its certificate, then the intermediates");
  }
  return chains;
}

}  // namespace domsec::pki
