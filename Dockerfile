# Two stages: the official Go image builds one static binary; the image that runs holds nothing else, not even a shell.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/interviewbot ./cmd/interviewbot
RUN mkdir -p /out/data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/interviewbot /interviewbot
# Owned by the user that runs, so that a new volume is writable; everything else may be mounted read-only.
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
ENV STORE=/data/interviewbot.db LISTEN=0.0.0.0:8080
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=6s --start-period=10s CMD ["/interviewbot", "healthcheck"]
ENTRYPOINT ["/interviewbot"]
